using Grpc.Core;
using Npgsql;

namespace TagSegments.Testing.Histories;

/// <summary>Repeats what fails because a server is away, as callers should: with the same request id, so that it takes effect once.</summary>
internal static class HistoryCalls
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Repeats a call of a service.</summary>
    public static Task<T> RepeatAsync<T>(Func<string, AsyncUnaryCall<T>> call)
    {
        var requestId = Guid.NewGuid().ToString();
        return RepeatAsync(async () => await call(requestId));
    }

    /// <summary>Repeats something that reads, or that may happen twice.</summary>
    public static async Task<T> RepeatAsync<T>(Func<Task<T>> action)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await action();
            }
            catch (Exception e) when (IsPassing(e) && TimeProvider.System.GetElapsedTime(start) < s_patience)
            {
                await Task.Delay(20);
            }
        }
    }

    private static bool IsPassing(Exception e) =>
        e is RpcException { StatusCode: StatusCode.Unavailable } or NpgsqlException { IsTransient: true } or PostgresException { SqlState: "57P01" or "57P03" };
}
