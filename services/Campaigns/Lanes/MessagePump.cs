using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Journal;
using TagSegments.Campaigns.Ledger;
using Channel = Crm.Common.V1.Channel;

namespace TagSegments.Campaigns.Lanes;

/// <summary>Takes batches that are due and puts their messages before the lanes.</summary>
internal sealed class MessagePump(
    Batches batches, OpenBatches open, MessageSources sources, CampaignLedger ledger, LanePool lanes, Throttle throttle, Freshener freshener,
    Journals journals, RestoreFence fence, DeliveryOptions options, ILogger<MessagePump> logger)
    : PollingService(options.PollInterval, logger)
{
    private const int MaxSingles = 200;
    private static readonly TimeSpan s_errorPause = TimeSpan.FromSeconds(1);
    private readonly List<Task> _sending = [];
    private Guid _holder;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await UntilDoneAsync(() => PassAsync(sends: false, stoppingToken), stoppingToken);
        // What the last process on this machine was doing comes first: then it need not be waited for.
        await UntilDoneAsync(() => journals.ReplayAsync(stoppingToken), stoppingToken);
        using var journal = await UntilDoneAsync(() => journals.OpenAsync(stoppingToken), stoppingToken);
        _holder = journal?.Id ?? Guid.NewGuid();
        await Task.WhenAll(lanes.RunAsync(journal, stoppingToken), base.ExecuteAsync(stoppingToken));
        await Task.WhenAll(_sending);
    }

    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        _sending.RemoveAll(task => task.IsCompleted);
        var campaigns = await sources.SendingAsync(ct);
        await PassAsync(sends: campaigns.Count > 0 || open.Held.Count > 0, ct);
        var opened = !lanes.IsFullOfSingles && await OpenSinglesAsync(ct);
        foreach (var source in campaigns)
        {
            opened |= !lanes.IsFull && await OpenAsync(source, ct);
        }

        if (lanes.IsFull)
        {
            await Task.WhenAny(lanes.WaitForRoomAsync(), Task.Delay(options.PollInterval, ct));
            return true;
        }

        return opened || await ledger.FinishAsync(ct) > 0;
    }

    private async Task<bool> PassAsync(bool sends, CancellationToken ct)
    {
        await fence.PassAsync(sends, ct);
        return true;
    }

    private async Task<bool> OpenAsync(MessageSource source, CancellationToken ct)
    {
        var allowed = await throttle.TakeAsync(source, Batches.Size, ct);
        var claimed = allowed == 0 ? [] : await batches.ClaimAsync(source, 1, _holder, ct);
        if (claimed.Count == 0)
        {
            await throttle.ReturnAsync(source, allowed, ct);
            return false;
        }

        await SendAsync(claimed, allowed, source, _ => source, ct);
        return true;
    }

    private async Task<bool> OpenSinglesAsync(CancellationToken ct)
    {
        var allowed = await throttle.TakeAsync(MaxSingles, ct);
        var claimed = allowed == 0 ? [] : await batches.ClaimSinglesAsync(allowed, _holder, ct);
        if (claimed.Count == 0)
        {
            await throttle.ReturnAsync(null, allowed, ct);
            return false;
        }

        var messages = await sources.SinglesAsync(claimed, ct);
        await SendAsync(claimed, allowed, null, claim => messages[claim.CampaignId], ct);
        await PassAsync(sends: true, ct);
        return true;
    }

    // Returns when the messages are before the lanes; the batches are closed when the lanes are through with them.
    private async Task SendAsync(
        List<Batch> claimed, int allowed, MessageSource? campaign, Func<Claim, MessageSource> source, CancellationToken ct)
    {
        var batch = open.Add(claimed);
        try
        {
            var letters = await ReadAsync(batch, allowed, campaign, source, ct);
            batch.Start(letters.Count);
            letters.ForEach(letter => lanes.QueueOf(letter.Channel).Add(letter));
        }
        catch (Exception)
        {
            await CloseAsync(batch, ct);
            throw;
        }

        _sending.Add(FinishAsync(batch, ct));
    }

    // When the service stops, only the end of the lanes tells what is left.
    private async Task FinishAsync(OpenBatch batch, CancellationToken ct)
    {
        await Task.WhenAny(batch.Finished, lanes.Stopped);
        await CloseAsync(batch, ct);
        // It may have been the last one of its campaign.
        Wake();
    }

    private async Task<List<Letter>> ReadAsync(
        OpenBatch batch, int allowed, MessageSource? campaign, Func<Claim, MessageSource> source, CancellationToken ct)
    {
        var claims = await batches.ReadAsync(batch.Batches, ct);
        var due = claims.Take(allowed).ToList();
        var leaving = await throttle.ByDomainAsync(due, ct);
        await throttle.ReturnAsync(campaign, allowed - leaving.Count, ct);
        var letters = leaving.ConvertAll(claim => new Letter(claim, source(claim), batch));
        await freshener.FreshenAsync(letters, waited: false, ct);
        return letters;
    }

    private async Task CloseAsync(OpenBatch batch, CancellationToken ct)
    {
        // Not held from here on: nothing of it is under way.
        open.Remove(batch);
        if (!batch.IsBroken)
        {
            await UntilDoneAsync(
                async () =>
                {
                    await batches.CloseAsync(batch.Batches, CancellationToken.None);
                    return 0;
                },
                ct);
        }
    }

    // The database may be away.
    private async Task<T?> UntilDoneAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (Exception e)
            {
                if (ct.IsCancellationRequested)
                {
                    return default;
                }

                logger.BackgroundWorkFailed(e, nameof(MessagePump));
                await Task.Delay(s_errorPause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
