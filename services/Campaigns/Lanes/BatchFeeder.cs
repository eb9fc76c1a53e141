using TagSegments.Campaigns.Ledger;

namespace TagSegments.Campaigns.Lanes;

/// <summary>Takes due batches, queues their messages for the lanes, and gives the batches back when the lanes are done with them.</summary>
internal sealed class BatchFeeder(
    BatchStore batches, HeldBatchRegistry held, Throttle throttle, ContactRefresher refresher, LanePool lanes, ILogger<BatchFeeder> logger)
{
    private const int MaxSingles = 200;

    /// <summary>Whether this process holds a batch.</summary>
    public bool HoldsBatches => held.Batches.Count > 0;

    /// <summary>
    /// Takes a batch of a campaign. Once its messages are queued, returns a task that ends when the batch is given back; null if there was no batch,
    /// or the limits allow no message now.
    /// </summary>
    public async Task<Task?> FeedAsync(MessageSource source, Guid holder, CancellationToken ct)
    {
        var allowed = await throttle.TakeAsync(source, BatchStore.Size, ct);
        var claimed = allowed == 0 ? [] : await batches.ClaimAsync(source.AccountId, source.CampaignId, source.Version, holder, ct);
        if (claimed.Count == 0)
        {
            await throttle.ReturnAsync(source, allowed, ct);
            return null;
        }

        return await SendAsync(claimed, allowed, source, _ => source, ct);
    }

    /// <summary>Takes single messages that are due, as <see cref="FeedAsync"/> takes a batch.</summary>
    public async Task<Task?> FeedSinglesAsync(MessageSources sources, Guid holder, CancellationToken ct)
    {
        if (!sources.Closed.IsKnown)
        {
            return null;
        }

        var allowed = await throttle.TakeAsync(MaxSingles, ct);
        var claimed = allowed == 0 ? [] : await batches.ClaimSinglesAsync(allowed, holder, sources.Closed.Ids, ct);
        if (claimed.Count == 0)
        {
            await throttle.ReturnAsync(null, allowed, ct);
            return null;
        }

        var messages = await sources.SinglesAsync(claimed, ct);
        return await SendAsync(claimed, allowed, null, recipient => messages[recipient.CampaignId], ct);
    }

    private async Task<Task> SendAsync(
        List<Batch> claimed, int allowed, MessageSource? campaign, Func<BatchRecipient, MessageSource> source, CancellationToken ct)
    {
        var sending = held.Add(claimed);
        try
        {
            using var span = Spans.Of(claimed.Select(batch => batch.CampaignId), "campaigns.batch", campaign?.AccountId ?? 0);
            var messages = await ReadAsync(sending, allowed, campaign, source, ct);
            span?.SetTag("campaigns.messages", messages.Count);
            sending.Start(messages.Count);
            messages.ForEach(message => lanes.QueueOf(message.Channel).Add(message));
        }
        catch (Exception)
        {
            await CloseAsync(sending, ct);
            throw;
        }

        return FinishAsync(sending, ct);
    }

    private async Task<List<QueuedMessage>> ReadAsync(
        HeldBatches sending, int allowed, MessageSource? campaign, Func<BatchRecipient, MessageSource> source, CancellationToken ct)
    {
        var recipients = await batches.ReadAsync(sending.Batches, ct);
        var due = recipients.Take(allowed).ToList();
        var leaving = await throttle.ByDomainAsync(due, ct);
        await throttle.ReturnAsync(campaign, allowed - leaving.Count, ct);
        var messages = leaving.ConvertAll(recipient => new QueuedMessage(recipient, source(recipient), sending));
        await refresher.RefreshAsync(messages, waited: false, ct);
        return messages;
    }

    // When the service stops, only the end of the lanes shows what is left.
    private async Task FinishAsync(HeldBatches sending, CancellationToken ct)
    {
        await Task.WhenAny(sending.Finished, lanes.Stopped);
        await CloseAsync(sending, ct);
    }

    private async Task CloseAsync(HeldBatches sending, CancellationToken ct)
    {
        // Not held from here on: nothing of it is under way.
        held.Remove(sending);
        if (!sending.IsBroken)
        {
            await Persistent.RunAsync(() => batches.CloseAsync(sending.Batches, CancellationToken.None), logger, ct);
        }
    }
}
