using Crm.Campaigns.V1;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Reports;

/// <summary>A campaign that somebody watches, as it was last read. Not for several threads at once.</summary>
internal sealed class WatchedCampaign(int accountId, Guid campaignId)
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(10);

    // Counting takes at most this share of the time.
    private const int CostFactor = 10;

    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _rowVersion;
    private TimeSpan _pause = s_shortestPause;
    private long _asked;
    private DateTimeOffset _nextCount;

    public int AccountId => accountId;

    public Guid CampaignId => campaignId;

    /// <summary>How many watch it.</summary>
    public int Watchers { get; set; }

    /// <summary>The campaign with its counts; null until it is read.</summary>
    public Campaign? Current { get; private set; }

    /// <summary>The reads begun so far.</summary>
    public long Begun { get; private set; }

    /// <summary>The read that found <see cref="Current"/>.</summary>
    public long Read { get; private set; }

    /// <summary>Completes at the next change.</summary>
    public Task Changed => _changed.Task;

    /// <summary>Checks whether nothing about a campaign changes any more.</summary>
    public static bool IsOver(Campaign campaign) =>
        campaign.State is State.Sent or State.Cancelled or State.Failed && campaign.Counts.Sending == 0;

    /// <summary>Asks for a read that begins after this moment. Returns the number that it exceeds.</summary>
    public long Ask() => _asked = Begun;

    /// <summary>Whether it has to be read: it was asked for, its row has changed, or its ledger may have.</summary>
    public bool IsDue(string? rowVersion, DateTimeOffset now) =>
        Current is null || Read <= _asked || rowVersion != _rowVersion || (HasMovingLedger(Current) && now >= _nextCount);

    /// <summary>Begins a read.</summary>
    public long Begin() => ++Begun;

    /// <summary>Takes over what a read found. As long as nothing moves, the next counts are further and further apart.</summary>
    public void Complete(long read, Campaign campaign, string? rowVersion, DateTimeOffset begun, DateTimeOffset now)
    {
        var isSame = campaign.Equals(Current);
        _pause = isSame ? Min(_pause * 2, s_longestPause) : s_shortestPause;
        _nextCount = begun + Max(_pause, (now - begun) * CostFactor);
        (Current, Read, _rowVersion) = (campaign, read, rowVersion);
        var changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    // Before it is prepared, a campaign has no ledger.
    private static bool HasMovingLedger(Campaign campaign) =>
        campaign.State is not (State.Draft or State.Scheduled or State.Preparing) && !IsOver(campaign);

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
