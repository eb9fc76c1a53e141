using System.Threading.RateLimiting;

namespace TagSegments.Campaigns.Tracking;

/// <summary>The limits of anonymous requests: the section <c>Tracking</c>. They hold for each process.</summary>
internal sealed record TrackingOptions
{
    /// <summary>The most opens and clicks of an account that are recorded per minute. Defaults to 60,000.</summary>
    public int EventsPerMinute { get; init; } = 60_000;

    /// <summary>The most opens and clicks of an account that wait for the database at the same time. Defaults to 2,500.</summary>
    public int MostWaiting { get; init; } = 2_500;

    /// <summary>The most times per minute that one unsubscribe link acts. Defaults to 10.</summary>
    public int UnsubscribesPerMinute { get; init; } = 10;
}

/// <summary>
/// Keeps one account's links from filling the database or the memory for the others. It counts by account and by link, never by the address of
/// the caller: the programs of mail providers fetch images for many people from few addresses.
/// </summary>
internal sealed class TrackingLimits(TrackingOptions options) : IDisposable
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<int> _waiting = PartitionedRateLimiter.Create<int, int>(
        account => RateLimitPartition.GetConcurrencyLimiter(account, _ => new() { PermitLimit = options.MostWaiting }));

    private readonly PartitionedRateLimiter<int> _rates = PartitionedRateLimiter.Create<int, int>(
        account => RateLimitPartition.GetTokenBucketLimiter(account, _ => new()
        {
            TokenLimit = options.EventsPerMinute,
            TokensPerPeriod = Math.Max(1, options.EventsPerMinute / 60),
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        }));

    private readonly PartitionedRateLimiter<TrackingTarget> _unsubscribes = PartitionedRateLimiter.Create<TrackingTarget, TrackingTarget>(
        target => RateLimitPartition.GetSlidingWindowLimiter(target, _ => new()
        {
            PermitLimit = options.UnsubscribesPerMinute,
            Window = s_minute,
            SegmentsPerWindow = 6,
        }));

    /// <summary>Admits an open or click of an account until the lease is disposed; null refuses it.</summary>
    public IDisposable? Enter(int accountId)
    {
        var place = _waiting.AttemptAcquire(accountId);
        using var token = place.IsAcquired ? _rates.AttemptAcquire(accountId) : place;
        if (token.IsAcquired)
        {
            return place;
        }

        place.Dispose();
        return null;
    }

    /// <summary>Whether an unsubscribe link may act once more.</summary>
    public bool MayUnsubscribe(TrackingTarget target)
    {
        using var lease = _unsubscribes.AttemptAcquire(target);
        return lease.IsAcquired;
    }

    public void Dispose()
    {
        _waiting.Dispose();
        _rates.Dispose();
        _unsubscribes.Dispose();
    }
}
