using System.Collections.Concurrent;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Chaos.Hostile;

/// <summary>How the requests ended, by call and status, and what should not have been.</summary>
internal sealed class Tally
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, int>> _counts = new();
    private readonly ConcurrentQueue<string> _broken = new();
    private readonly ConcurrentQueue<string> _late = new();
    private int _overruns;

    /// <summary>The number of requests by call and status.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Counts =>
        _counts.OrderBy(call => call.Key, StringComparer.Ordinal).ToDictionary(call => call.Key, call => (IReadOnlyDictionary<string, int>)call.Value);

    /// <summary>The requests that met a defect, or an error without a reason.</summary>
    public IReadOnlyCollection<string> Broken => _broken;

    /// <summary>Whether any request met what it should not have.</summary>
    public bool HasFindings => !_broken.IsEmpty || !_late.IsEmpty;

    /// <summary>The number of requests whose deadline came before the answer.</summary>
    public int Overruns => _overruns;

    /// <summary>The requests that outlived their deadline by more than a second.</summary>
    public IReadOnlyCollection<string> Late => _late;

    /// <summary>Adds a request with its failure, if it failed, and how long it outlived its deadline.</summary>
    public void Add(HostileRequest request, int number, Failure? failure, TimeSpan overrun)
    {
        Count(request.Call.Name, failure is { IsLostConnection: true } ? "connection lost" : (failure?.Status ?? StatusCode.OK).ToString());
        if (failure is not null && !IsUnderstood(failure))
        {
            _broken.Enqueue($"{request.Call.Name}, request {number}, {request.Description}: {failure}");
        }

        if (failure?.Status is StatusCode.DeadlineExceeded && !request.Call.IsEndless)
        {
            Interlocked.Increment(ref _overruns);
        }

        AddTime(request, number, overrun);
    }

    /// <summary>Adds how long a request outlived its deadline.</summary>
    public void AddTime(HostileRequest request, int number, TimeSpan overrun)
    {
        if (overrun > s_grace)
        {
            _late.Enqueue($"{request.Call.Name}, request {number}, {request.Description}: {overrun.TotalSeconds:F1} s late");
        }
    }

    /// <summary>Adds a request without gRPC.</summary>
    public void AddHttp(string name, string status, string what, bool isDefect, TimeSpan overrun)
    {
        Count(name, status);
        if (isDefect)
        {
            _broken.Enqueue($"{what}: {status}");
        }

        if (overrun > s_grace)
        {
            _late.Enqueue($"{what}: {overrun.TotalSeconds:F1} s late");
        }
    }

    private void Count(string call, string status) => _counts.GetOrAdd(call, _ => new()).AddOrUpdate(status, 1, (_, count) => count + 1);

    // A server may close the connection of a client that goes on to send after the answer; a dead one is counted as dead. The first two statuses
    // are gRPC's own.
    private static bool IsUnderstood(Failure failure) => failure.IsLostConnection || failure.Status switch
    {
        StatusCode.DeadlineExceeded or StatusCode.Cancelled => true,
        StatusCode.Internal or StatusCode.Unknown or StatusCode.DataLoss => false,
        _ => failure.Reason is not ErrorReason.Unspecified,
    };
}
