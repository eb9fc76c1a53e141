using System.Diagnostics;
using Crm.Campaigns.V1;
using Grpc.Core;
using TagSegments.Campaigns.Audiences;
using TagSegments.Campaigns.Content;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Journal;
using TagSegments.Campaigns.Ledger;
using TagSegments.Campaigns.Tracking;

namespace TagSegments.Campaigns.Lanes;

/// <summary>
/// One way on which messages leave, with a connection of its own. It takes as many as it can hand over in a quarter of a second and lets them
/// take leave together with the outcomes of those before, while it hands over one after the other those that took leave last. What is done with
/// a message stands in the journal, so whenever the process dies at most one message of the lane is in doubt.
/// </summary>
internal sealed class Lane(
    LetterQueue letters, ITransport transport, JournalLane? journal, LaneServices services, DeliveryOptions options, ILogger logger)
{
    private static readonly TimeSpan s_hand = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_reconnect = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_errorPause = TimeSpan.FromSeconds(1);
    private int _size = 1;
    private Hand _departed = Hand.Empty;
    private List<Handed> _handed = [];

    public async Task RunAsync(CancellationToken ct)
    {
        await Task.Yield();
        await using (transport)
        {
            while (!ct.IsCancellationRequested)
            {
                if (!await TurnAsync(ct))
                {
                    await letters.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }

            // Those that took leave are given back, then all that is known is stored.
            await TurnAsync(ct);
            await TurnAsync(ct);
        }
    }

    // Stores what became of messages and lets the next ones take leave, while those before them are handed over. False if there was nothing.
    private async Task<bool> TurnAsync(CancellationToken ct)
    {
        var next = await TakeAsync(ct);
        var (departed, handed) = (_departed, _handed);
        (_departed, _handed) = (Hand.Empty, []);
        var departing = TryDepartAsync(next, handed, ct);
        if (journal is null)
        {
            // Nobody would know which of several were begun.
            departed = await departing;
        }

        _handed = await TryHandOverAsync(departed, ct);
        _departed = journal is null ? Hand.Empty : await departing;
        return next.Count + departed.Letters.Count + handed.Count > 0;
    }

    private async Task<List<Letter>> TakeAsync(CancellationToken ct)
    {
        var waits = !transport.IsReady;
        if (waits && _departed.Letters.Count > 0)
        {
            return [];
        }

        if (waits)
        {
            // What is known is stored before there is a wait.
            await TryDepartAsync([], _handed, ct);
            _handed = [];
        }

        var taken = ct.IsCancellationRequested ? [] : letters.Take(_size);
        if (taken.Count > 0 && (!await transport.WaitUntilReadyAsync(ct) || !await TryFreshenAsync(taken, waits, ct)))
        {
            taken.ForEach(letter => letter.Batch.Complete());
            return [];
        }

        return taken;
    }

    private async Task<Hand> TryDepartAsync(List<Letter> next, List<Handed> handed, CancellationToken ct)
    {
        try
        {
            var refused = next.Select(letter => (Letter: letter, Reason: Refusal(letter))).Where(pair => pair.Reason != 0)
                .Select(pair => new Handed(pair.Letter, Outcome.Skipped(pair.Letter.Claim, pair.Reason)))
                .ToList();
            var leaving = refused.Count == 0 ? next : [.. next.Except(refused.Select(done => done.Letter))];
            var notes = leaving.Count == 0 ? null : journal?.Depart([.. leaving.Select(letter => letter.Claim)]);
            var left = await StepAsync([.. handed, .. refused], leaving, ct);
            return new Hand(leaving, left, notes, Stopwatch.GetTimestamp());
        }
        catch (Exception e)
        {
            Break(e, [.. next, .. handed.Select(done => done.Letter)], ct);
            return Hand.Empty;
        }
    }

    private async Task<List<Handed>> TryHandOverAsync(Hand hand, CancellationToken ct)
    {
        try
        {
            return await HandOverAsync(hand, ct);
        }
        catch (Exception e)
        {
            Break(e, hand.Letters, ct);
            return [];
        }
    }

    // The lane must go on. What it held is put right from the journal, or when the lease of its batch ends.
    private void Break(Exception e, IReadOnlyList<Letter> held, CancellationToken ct)
    {
        if (!ct.IsCancellationRequested)
        {
            logger.BackgroundWorkFailed(e, nameof(Lane));
        }

        foreach (var letter in held)
        {
            letter.Batch.Break();
        }
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
    private async Task<List<Handed>> HandOverAsync(Hand hand, CancellationToken ct)
    {
        var handed = new List<Handed>();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < hand.Letters.Count; i++)
        {
            var (letter, place) = (hand.Letters[i], i);
            if (hand.Left.Contains(letter.Claim))
            {
                var mayBegin = !ct.IsCancellationRequested && Stopwatch.GetElapsedTime(hand.LeftAt) < options.DepartureAge && await IsReadyAsync(ct);
                var outcome = mayBegin ? await HandOverAsync(letter, () => hand.Notes?.Begin(place)) : Outcome.Released(letter.Claim);
                hand.Notes?.End(place, outcome);
                handed.Add(new Handed(letter, outcome));
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

    private async Task<Outcome> HandOverAsync(Letter letter, Action begin)
    {
        var claim = letter.Claim;
        try
        {
            var target = new TrackingTarget(claim.AccountId, claim.CampaignId, claim.ContactId, letter.Channel);
            var message = services.Builder.Build(
                letter.Source.MessageOf(claim.Variant), letter.Source.Name, letter.Contact!, claim.Address, target);
            return await transport.SendAsync(claim, message, begin);
        }
        catch (TemplateException e)
        {
            return Outcome.Failed(claim, Recipient.Types.Reason.Template, e.Message);
        }
    }

    // Without a journal nobody would know which of several were begun.
    private void Adapt(int messages, TimeSpan time)
    {
        if (messages == 0)
        {
            return;
        }

        var each = time / messages;
        _size = journal is null || each <= TimeSpan.Zero ? 1 : (int)Math.Clamp(s_hand / each, 1, JournalFile.HandSize);
    }

    private sealed record Handed(Letter Letter, Outcome Outcome);

    // Letters that asked for leave together, those of them that got it, and when.
    private sealed record Hand(IReadOnlyList<Letter> Letters, IReadOnlySet<Claim> Left, JournalHand? Notes, long LeftAt)
    {
        public static readonly Hand Empty = new([], new HashSet<Claim>(), null, 0);
    }
}

/// <summary>What the lanes share.</summary>
internal sealed record LaneServices(LedgerWriter Writer, MessageBuilder Builder, Freshener Freshener);
