using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Journal;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Lanes;

/// <summary>
/// Takes due batches as long as the lanes have room, and ends campaigns that have none left. The next batch is of the account that has had the
/// fewest for its weight.
/// </summary>
internal sealed class MessagePump(
    MessageSources sources, BatchFeeder feeder, LanePool lanes, RestoreDetector restores, DeliveryOptions options, ILogger<MessagePump> logger)
    : PollingService(WorkWatch.OwnPause, logger), IWatched
{
    private readonly List<Task> _sending = [];
    private readonly FairShares _shares = new();
    private Guid _holder;

    // Single messages that wait for their time are few.
    public static string WorkQuery =>
        $"""
        SELECT 1 FROM campaigns.campaign WHERE state = {CampaignStates.Sending}
        UNION ALL
        SELECT 1 FROM campaigns.batch WHERE single AND lease_until IS NULL
        """;

    /// <summary>Since when the oldest single message that nobody has taken is due.</summary>
    public static string OldestDue => "SELECT min(due_at) FROM campaigns.batch WHERE single AND lease_until IS NULL AND due_at <= now()";

    /// <summary>Feeds the lanes until it is cancelled and the batches that it took are given back.</summary>
    public async Task RunAsync(Guid holder, CancellationToken ct)
    {
        _holder = holder;
        await ExecuteAsync(ct);
        await Task.WhenAll(_sending);
    }

    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        _sending.RemoveAll(task => task.IsCompleted);
        var campaigns = await sources.SendingAsync(ct);
        await restores.CheckAsync(sends: campaigns.Count > 0 || feeder.HoldsBatches, ct);
        var fed = !lanes.IsFullOfSingles && await FeedSinglesAsync(ct);
        foreach (var source in InTurn(campaigns))
        {
            if (!lanes.IsFull && Follow(await feeder.FeedAsync(source, _holder, ct)))
            {
                _shares.Add(source.AccountId, sources.WeightOf(source.AccountName), 1);
                fed = true;
            }
        }

        if (campaigns.Count == 0)
        {
            _shares.Clear();
        }

        if (lanes.IsFull)
        {
            await Task.WhenAny(lanes.WaitForRoomAsync(), Task.Delay(options.PollInterval, ct));
            return true;
        }

        return fed || await sources.FinishAsync(ct) > 0;
    }

    // One campaign of each account, then the next one of each.
    private IEnumerable<MessageSource> InTurn(IReadOnlyCollection<MessageSource> campaigns) => campaigns
        .GroupBy(source => source.AccountId)
        .OrderBy(account => _shares.AheadOf(account.Key))
        .SelectMany(account => account.Select((source, i) => (Source: source, Round: i)))
        .OrderBy(turn => turn.Round)
        .Select(turn => turn.Source);

    private async Task<bool> FeedSinglesAsync(CancellationToken ct)
    {
        if (!Follow(await feeder.FeedSinglesAsync(sources, _holder, ct)))
        {
            return false;
        }

        await restores.CheckAsync(sends: true, ct);
        return true;
    }

    private bool Follow(Task? sending)
    {
        if (sending is null)
        {
            return false;
        }

        _sending.Add(WakeAfterAsync(sending));
        return true;
    }

    // It may have been the last batch of its campaign.
    private async Task WakeAfterAsync(Task sending)
    {
        await sending;
        Wake();
    }
}
