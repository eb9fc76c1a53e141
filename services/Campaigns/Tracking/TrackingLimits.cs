using System.Threading.RateLimiting;
using Grpc.Core;

namespace TagSegments.Campaigns.Tracking;

/// <summary>The limits of anonymous requests: the section <c>Tracking</c>. They hold for each process.</summary>
internal sealed record TrackingOptions
{
    /// <summary>The most opens and clicks of an account that wait for the database at the same time. Defaults to 2,500.</summary>
    public int MostWaiting { get; init; } = 2_500;

    /// <summary>The most times per minute that one unsubscribe link acts. Defaults to 10.</summary>
    public int UnsubscribesPerMinute { get; init; } = 10;
}

/// <summary>
/// Keeps one account's links from filling the database or the memory for the others. It counts by account and by link, never by the address of
/// the caller: the programs of mail providers fetch images for many people from few addresses.
/// </summary>
internal sealed class TrackingLimits(TrackingOptions options, AccountDirectory accounts, AccountLimits installation, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<int> _waiting = PartitionedRateLimiter.Create<int, int>(
        account => RateLimitPartition.GetConcurrencyLimiter(account, _ => new() { PermitLimit = options.MostWaiting }));

    private readonly AccountRate _rate = new(time);

    private readonly PartitionedRateLimiter<TrackingTarget> _unsubscribes = PartitionedRateLimiter.Create<TrackingTarget, TrackingTarget>(
        target => RateLimitPartition.GetSlidingWindowLimiter(target, _ => new()
        {
            PermitLimit = options.UnsubscribesPerMinute,
            Window = s_minute,
            SegmentsPerWindow = 6,
        }));

    /// <summary>Lets an open or click of an account wait for the database until the lease is disposed, if it was acquired.</summary>
    public RateLimitLease Enter(int accountId) => _waiting.AttemptAcquire(accountId);

    /// <summary>Whether the account may record another open or click now. Without its service, it has the limits of the installation.</summary>
    public async Task<bool> MayRecordAsync(int accountId, string? accountName)
    {
        var limits = accountName is null ? installation : await LimitsAsync(accountName);
        return _rate.Take(accountId, limits.TrackingEventsPerSecond) == TimeSpan.Zero;
    }

    /// <summary>Whether the data of the account is being erased: nothing may be added any more.</summary>
    public bool IsErased(int accountId) => accounts.Closed.IsErased(accountId);

    /// <summary>Whether a link that changes something, such as one to unsubscribe, may act once more.</summary>
    public bool MayAct(TrackingTarget target)
    {
        using var lease = _unsubscribes.AttemptAcquire(target);
        return lease.IsAcquired;
    }

    public void Dispose()
    {
        _waiting.Dispose();
        _unsubscribes.Dispose();
    }

    private async Task<AccountLimits> LimitsAsync(string accountName)
    {
        try
        {
            return (await accounts.GetAsync(accountName, CancellationToken.None)).Limits;
        }
        catch (RpcException)
        {
            return accounts.Find(accountName)?.Limits ?? installation;
        }
    }
}
