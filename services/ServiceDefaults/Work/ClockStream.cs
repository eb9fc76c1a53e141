using Crm.Common.V1;
using Crm.Errors.V1;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>Reports to the other services which accounts have news: serves a <see cref="ClockFeed"/> as a stream.</summary>
public sealed class ClockStream(ClockFeed clocks, IHostApplicationLifetime lifetime)
{
    /// <summary>Sends clocks until the caller goes away or the server stops. The caller must be allowed every account.</summary>
    public async Task SendAsync<TResponse>(
        Func<IEnumerable<AccountClock>, TResponse> response, IServerStreamWriter<TResponse> responses, ServerCallContext context)
    {
        context.RequireEveryAccount();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await clocks.WatchAsync(
                moved => responses.WriteAsync(
                    response(moved.Select(clock => new AccountClock { AccountId = clock.Key, Position = clock.Value })), stop.Token),
                stop.Token);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw RpcErrors.Create(StatusCode.Unavailable, ErrorReason.ShuttingDown, "The server stops. Begin again.");
        }
    }
}
