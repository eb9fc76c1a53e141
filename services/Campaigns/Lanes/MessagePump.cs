using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Journal;

namespace TagSegments.Campaigns.Lanes;

/// <summary>Takes due batches as long as the lanes have room, and ends campaigns that have none left.</summary>
internal sealed class MessagePump(
    MessageSources sources, BatchFeeder feeder, LanePool lanes, RestoreDetector restores, DeliveryOptions options, ILogger<MessagePump> logger)
    : PollingService(options.PollInterval, logger)
{
    private readonly List<Task> _sending = [];
    private Guid _holder;

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
        foreach (var source in campaigns)
        {
            fed |= !lanes.IsFull && Follow(await feeder.FeedAsync(source, _holder, ct));
        }

        if (lanes.IsFull)
        {
            await Task.WhenAny(lanes.WaitForRoomAsync(), Task.Delay(options.PollInterval, ct));
            return true;
        }

        return fed || await sources.FinishAsync(ct) > 0;
    }

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
