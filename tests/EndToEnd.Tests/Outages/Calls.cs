using System.Collections.Concurrent;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Outages;

/// <summary>Calls of services whose servers are hurt.</summary>
internal static class Calls
{
    /// <summary>Settings of services that are meant to fail: what they log of it fills pages.</summary>
    public static IReadOnlyDictionary<string, string?> Quiet { get; } = new Dictionary<string, string?> { ["Logging:Level"] = "Critical" };

    /// <summary>Repeats a call as callers do while it is refused for now, and notes how it was refused.</summary>
    public static async Task<T> UntilServedAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, ConcurrentQueue<Failure>? failures = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await call(new CallOptions(deadline: DateTime.UtcNow.AddSeconds(20)));
            }
            catch (RpcException e) when (IsForNow(new Failure(e)) && TimeProvider.System.GetElapsedTime(started) < 2 * Eventually.Patience)
            {
                failures?.Enqueue(new Failure(e));
                await Task.Delay(20);
            }
        }
    }

    private static bool IsForNow(Failure failure) => failure.Status is StatusCode.Unavailable
        || failure.Reason is ErrorReason.DatabaseExhausted or ErrorReason.Overloaded or ErrorReason.StatementTimeout;
}
