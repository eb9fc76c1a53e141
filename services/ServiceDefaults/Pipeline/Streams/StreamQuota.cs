using System.Diagnostics.Metrics;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Pipeline.Streams;

/// <summary>
/// Counts open streams, and the bytes that wait for their readers: of an account, of a caller and of the process. The services count apart, so
/// that no tenant takes their streams away.
/// </summary>
internal sealed class StreamQuota(StreamOptions options)
{
    private static readonly Meter s_meter = new("TagSegments.ServiceDefaults");

    private static readonly UpDownCounter<long> s_open = s_meter.CreateUpDownCounter<long>(
        "rpc.server.streams", "{stream}", "Open streams, by rpc.client: tenant or service.");

    private static readonly UpDownCounter<long> s_pending = s_meter.CreateUpDownCounter<long>(
        "rpc.server.stream.pending", "By", "Bytes of messages that wait for their readers, by rpc.client: tenant or service.");

    private readonly long _pendingBytes = options.PendingMegabytes * 1024L * 1024;
    private readonly Tally _callers = new(options.PerProcess);
    private readonly Tally _accounts = new(long.MaxValue);
    private readonly Tally _pending = new(options.PendingMegabytes * 1024L * 1024);
    private readonly Tally _services = new(options.OfServices);
    private readonly Tally _pendingOfServices = new(options.PendingMegabytes * 1024L * 1024);

    /// <summary>Shows the metrics before there is a stream.</summary>
    public static void Announce()
    {
        foreach (var client in new[] { "tenant", "service" })
        {
            s_open.Add(0, new KeyValuePair<string, object?>("rpc.client", client));
            s_pending.Add(0, new KeyValuePair<string, object?>("rpc.client", client));
        }
    }

    /// <summary>Counts a stream of a caller. Returns how it is taken back, or throws RESOURCE_EXHAUSTED.</summary>
    public Action Open(StreamCaller caller)
    {
        var tally = caller.IsService ? _services : _callers;
        var most = caller.IsService || !caller.IsKnown ? long.MaxValue : options.PerPrincipal;
        if (!tally.TryAdd(caller.Name, 1, most))
        {
            throw tally.IsFull
                ? RpcErrors.Create(StatusCode.ResourceExhausted, ErrorReason.Overloaded, "The service is at its limit of open streams. Retry in a moment.")
                : Exceeded("concurrent_streams_of_caller", most, $"The caller has {most} streams open, which is the limit. Close one first.");
        }

        return Counted(s_open, 1, caller, () => tally.Remove(caller.Name, 1));
    }

    /// <summary>Counts a stream of an account, unless a service opened it. Returns how it is taken back, or throws RESOURCE_EXHAUSTED.</summary>
    public Action? Admit(StreamCaller caller, AccountInfo account)
    {
        if (caller.IsService)
        {
            return null;
        }

        var most = account.Limits.ConcurrentStreams;
        return _accounts.TryAdd(account.Name, 1, most)
            ? () => _accounts.Remove(account.Name, 1)
            : throw Exceeded("concurrent_streams", most, $"The account has {most} streams open, which is the limit. Close one first.");
    }

    /// <summary>Counts what waits for a reader of an account. Returns how it is taken back, or throws RESOURCE_EXHAUSTED.</summary>
    public Action Hold(StreamCaller caller, string account, long bytes)
    {
        var tally = caller.IsService ? _pendingOfServices : _pending;
        var most = caller.IsService ? _pendingBytes : _pendingBytes / 4;
        return tally.TryAdd(account, bytes, most)
            ? Counted(s_pending, bytes, caller, () => tally.Remove(account, bytes))
            : throw Exceeded("pending_stream_bytes", most, "Too much of the account's streams waits for its readers. Read faster, or open fewer streams.");
    }

    private static Action Counted(UpDownCounter<long> counter, long amount, StreamCaller caller, Action remove)
    {
        var client = new KeyValuePair<string, object?>("rpc.client", caller.IsService ? "service" : "tenant");
        counter.Add(amount, client);
        return () =>
        {
            remove();
            counter.Add(-amount, client);
        };
    }

    private static RpcException Exceeded(string quota, long limit, string message) =>
        RpcErrors.QuotaExceeded(quota, limit, message, TimeSpan.FromSeconds(5));
}

/// <summary>The caller of a stream.</summary>
/// <param name="Name">The subject of its token.</param>
/// <param name="IsService">Whether it is one of the services.</param>
/// <param name="IsKnown">Whether the name is its own: without authentication all callers have the same.</param>
internal sealed record StreamCaller(string Name, bool IsService, bool IsKnown);
