using System.Diagnostics;
using Crm.Campaigns.V1;
using Grpc.Core;
using TagSegments.Campaigns.Content;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Tracking;

namespace TagSegments.Campaigns.Sending;

/// <summary>
/// One way on which messages leave, with a connection of its own. It takes as many as it can hand over in a twentieth of a second, lets them
/// take leave together with the outcomes of those before, and hands them over one after the other. What is done with a message stands in the
/// journal, so whenever the process dies at most one message of the lane is in doubt.
/// </summary>
internal sealed class Lane(
    LetterQueue letters, ITransport transport, JournalLane? journal, LaneServices services, DeliveryOptions options, ILogger logger)
{
    private static readonly TimeSpan s_hand = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_reconnect = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_errorPause = TimeSpan.FromSeconds(1);
    private int _size = 1;

    public async Task RunAsync(CancellationToken ct)
    {
        await Task.Yield();
        await using (transport)
        {
            List<Handed> handed = [];
            while (!ct.IsCancellationRequested)
            {
                var hand = letters.Take(_size);
                handed = await TryTurnAsync(hand, handed, ct);
                if (hand.Count == 0)
                {
                    await letters.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }

            await TryTurnAsync([], handed, ct);
        }
    }

    private async Task<List<Handed>> TryTurnAsync(List<Letter> hand, List<Handed> handed, CancellationToken ct)
    {
        try
        {
            return await TurnAsync(hand, handed, ct);
        }
        catch (Exception e)
        {
            // The lane must go on. What it held is put right from the journal, or when the lease of its batch ends.
            if (!ct.IsCancellationRequested)
            {
                logger.BackgroundWorkFailed(e, nameof(Lane));
            }

            hand.ForEach(letter => letter.Batch.Break());
            handed.ForEach(done => done.Letter.Batch.Break());
            return [];
        }
    }

    // Stores what became of the last messages and hands over the next ones.
    private async Task<List<Handed>> TurnAsync(List<Letter> hand, List<Handed> handed, CancellationToken ct)
    {
        var waits = !transport.IsReady;
        if (hand.Count == 0 || waits)
        {
            // What is known is stored before there is a wait.
            await StepAsync(handed, [], ct);
            handed = [];
        }

        if (hand.Count == 0)
        {
            return [];
        }

        if (!await transport.WaitUntilReadyAsync(ct) || !await TryFreshenAsync(hand, waits, ct))
        {
            hand.ForEach(letter => letter.Batch.Complete());
            return [];
        }

        var refused = hand.Select(letter => (Letter: letter, Reason: Refusal(letter))).Where(pair => pair.Reason != 0)
            .Select(pair => new Handed(pair.Letter, Outcome.Skipped(pair.Letter.Claim, pair.Reason)))
            .ToList();
        var leaving = hand.Except(refused.Select(done => done.Letter)).ToList();
        journal?.Depart([.. leaving.Select(letter => letter.Claim)]);
        var left = await StepAsync([.. handed, .. refused], leaving, ct);
        return await HandOverAsync(leaving, left, ct);
    }

    private static Recipient.Types.Reason Refusal(Letter letter) =>
        RecipientDraft.Refusal(letter.Contact, letter.Channel, letter.Source.SubscribedOnly);

    private async Task<bool> TryFreshenAsync(List<Letter> hand, bool waited, CancellationToken ct)
    {
        try
        {
            await services.Freshener.FreshenAsync(hand, waited, ct);
            return true;
        }
        catch (RpcException e)
        {
            // They wait again; another try follows when their batch has its turn.
            logger.BackgroundWorkFailed(e, nameof(Lane));
            await Task.Delay(s_errorPause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return false;
        }
    }

    private async Task<IReadOnlySet<Claim>> StepAsync(List<Handed> done, List<Letter> leaving, CancellationToken ct)
    {
        var left = await services.Writer.StepAsync([.. done.Select(d => d.Outcome)], [.. leaving.Select(letter => letter.Claim)], ct);
        done.ForEach(d => d.Letter.Batch.Complete());
        leaving.Where(letter => !left.Contains(letter.Claim)).ToList().ForEach(letter => letter.Batch.Complete());
        return left;
    }

    // Handing a message over is not cancelled when the service stops: it ends by itself in bounded time, and then its outcome is known.
    private async Task<List<Handed>> HandOverAsync(List<Letter> leaving, IReadOnlySet<Claim> left, CancellationToken ct)
    {
        var handed = new List<Handed>();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < leaving.Count; i++)
        {
            if (left.Contains(leaving[i].Claim))
            {
                var mayBegin = !ct.IsCancellationRequested && Stopwatch.GetElapsedTime(started) < options.DepartureAge && await IsReadyAsync(ct);
                var outcome = mayBegin ? await HandOverAsync(leaving[i], i) : Outcome.Released(leaving[i].Claim);
                journal?.End(i, outcome);
                handed.Add(new Handed(leaving[i], outcome));
            }
        }

        Adapt(handed.Count, Stopwatch.GetElapsedTime(started));
        return handed;
    }

    private async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        if (transport.IsReady)
        {
            return true;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(s_reconnect);
        return await transport.WaitUntilReadyAsync(patience.Token);
    }

    private async Task<Outcome> HandOverAsync(Letter letter, int place)
    {
        var claim = letter.Claim;
        try
        {
            var target = new TrackingTarget(claim.AccountId, claim.CampaignId, claim.ContactId, letter.Channel);
            var message = services.Builder.Build(
                letter.Source.MessageOf(claim.Variant), letter.Source.Name, letter.Contact!, claim.Address, target);
            return await transport.SendAsync(claim, message, () => journal?.Begin(place));
        }
        catch (TemplateException e)
        {
            return Outcome.Failed(claim, Recipient.Types.Reason.Template, e.Message);
        }
    }

    // Without a journal nobody would know which of several were begun.
    private void Adapt(int messages, TimeSpan time)
    {
        var each = time / Math.Max(1, messages);
        _size = journal is null || each <= TimeSpan.Zero ? 1 : (int)Math.Clamp(s_hand / each, 1, Journal.HandSize);
    }

    private sealed record Handed(Letter Letter, Outcome Outcome);
}

/// <summary>What the lanes share.</summary>
internal sealed record LaneServices(LedgerWriter Writer, MessageBuilder Builder, Freshener Freshener);
