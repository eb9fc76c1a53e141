using System.Globalization;
using Grpc.Core;
using Grpc.Core.Interceptors;
using TagSegments.ServiceDefaults.Work;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>
/// Tells a service that calls another one which accounts have just called that one: they share a database, so its background work gives way to
/// calls that it does not see.
/// </summary>
internal sealed class CallerReports(RecentCallers callers) : Interceptor
{
    private const string Trailer = "tagsegments-caller";

    /// <summary>Adds the callers to the answer to a service.</summary>
    public static void Add(ServerCallContext context, RecentCallers callers)
    {
        foreach (var accountId in callers.Here)
        {
            context.ResponseTrailers.Add(Trailer, accountId.ToString(CultureInfo.InvariantCulture));
        }
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, context);
        return new(ReadAsync(call), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    private async Task<TResponse> ReadAsync<TResponse>(AsyncUnaryCall<TResponse> call)
    {
        var response = await call.ResponseAsync.ConfigureAwait(false);
        foreach (var caller in call.GetTrailers().GetAll(Trailer))
        {
            if (int.TryParse(caller.Value, CultureInfo.InvariantCulture, out var accountId))
            {
                callers.NoteElsewhere(accountId);
            }
        }

        return response;
    }
}
