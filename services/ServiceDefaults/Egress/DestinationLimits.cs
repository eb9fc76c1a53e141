using System.Threading.RateLimiting;
using Microsoft.Extensions.Caching.Memory;
using TagSegments.ServiceDefaults.Work;

namespace TagSegments.ServiceDefaults.Egress;

/// <summary>
/// Keeps calls from flooding a host that a tenant names, and a slow host from taking the places of the others: limits of calls at the same time and
/// per second, for the process, the account, the host, and the account at the host. A call over a limit is refused at once, with the time of
/// its turn.
/// </summary>
public sealed class DestinationLimits(EgressOptions options, TimeProvider time) : IDisposable
{
    // The limits for the operator: the first two.
    private const int OfOperator = 2;
    private const int MostRemembered = 20_000;
    private static readonly TimeSpan s_memory = TimeSpan.FromMinutes(10);

    private readonly PartitionedRateLimiter<Destination>[] _limiters =
    [
        AtOnce(_ => 0, options.Calls),
        AtOnce(destination => destination.Host, options.CallsPerHost),
        AtOnce(destination => destination.AccountId, options.CallsPerAccount),
        AtOnce(destination => destination, options.CallsPerAccountAndHost),
        PerSecond(destination => destination.Host, options.CallsPerSecond),
    ];

    private readonly AccountRate _rates = new(time);

    private readonly MemoryCache _records = new(new MemoryCacheOptions { SizeLimit = MostRemembered });

    /// <summary>
    /// Makes a call to a host. Throws <see cref="DestinationBusyException"/> if there is no room for it now, and
    /// <see cref="HttpRequestException"/> if the host has not answered for a while.
    /// </summary>
    /// <param name="caller">The account, or the operator.</param>
    /// <param name="host">The host.</param>
    /// <param name="call">The call.</param>
    /// <param name="ct">Ends the call.</param>
    public async Task<T> RunAsync<T>(EgressCaller caller, string host, Func<CancellationToken, Task<T>> call, CancellationToken ct)
    {
        var destination = new Destination(caller.AccountId, host);
        using var place = Enter(destination, caller);
        return await RecordOf(destination).RunAsync(host, call, ct);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _records.Dispose();
        foreach (var limiter in _limiters)
        {
            limiter.Dispose();
        }
    }

    // What is known of a destination is forgotten when it has not been called for a while.
    private DestinationRecord RecordOf(Destination destination) => _records.GetOrCreate(destination, entry =>
    {
        entry.SetSize(1).SetSlidingExpiration(s_memory);
        return new DestinationRecord(options, time);
    })!;

    private Leases Enter(Destination destination, EgressCaller caller)
    {
        var leases = new Leases();
        if ((caller == EgressCaller.Operator ? _limiters[..OfOperator] : _limiters).All(limiter => leases.Add(limiter.AttemptAcquire(destination)))
            && (caller == EgressCaller.Operator || _rates.Take(caller.AccountId, caller.CallsPerSecond) == TimeSpan.Zero))
        {
            return leases;
        }

        leases.Dispose();
        throw new DestinationBusyException(destination.Host, RecordOf(destination).NextTurn());
    }

    private static PartitionedRateLimiter<Destination> AtOnce<TKey>(Func<Destination, TKey> key, int limit)
        where TKey : notnull => PartitionedRateLimiter.Create<Destination, TKey>(
            destination => RateLimitPartition.GetConcurrencyLimiter(key(destination), _ => new() { PermitLimit = limit }));

    private static PartitionedRateLimiter<Destination> PerSecond<TKey>(Func<Destination, TKey> key, int limit)
        where TKey : notnull => PartitionedRateLimiter.Create<Destination, TKey>(
            destination => RateLimitPartition.GetTokenBucketLimiter(key(destination), _ => new()
            {
                TokenLimit = limit,
                TokensPerPeriod = Math.Max(1, limit / 10),
                ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
            }));

    private readonly record struct Destination(int AccountId, string Host);

    private sealed class Leases : IDisposable
    {
        private readonly List<RateLimitLease> _leases = [];

        public bool Add(RateLimitLease lease)
        {
            _leases.Add(lease);
            return lease.IsAcquired;
        }

        public void Dispose() => _leases.ForEach(lease => lease.Dispose());
    }
}

/// <summary>A host has no room for a call, which has not begun.</summary>
public sealed class DestinationBusyException(string host, TimeSpan retryAfter) : Exception($"{host} has as many calls as it may.")
{
    /// <summary>When the call's turn will be.</summary>
    public TimeSpan RetryAfter => retryAfter;
}
