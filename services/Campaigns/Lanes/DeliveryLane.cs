using System.Diagnostics;
using Grpc.Core;
using TagSegments.Campaigns.Content;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Journal;
using TagSegments.Campaigns.Ledger;
using TagSegments.Campaigns.Tracking;

namespace TagSegments.Campaigns.Lanes;

/// <summary>
/// A lane on which messages leave, with a connection of its own. It takes as many messages as it can hand over in a quarter of a second and
/// marks them as departing, together with the outcomes of earlier ones, while it hands over the ones that it marked before. The journal notes
/// each step of a message, so whenever the process dies, at most one message of the lane is in doubt.
/// </summary>
internal sealed class DeliveryLane(
    MessageQueue queue, ITransport transport, JournalLane? journal, LaneServices services, DeliveryOptions options, ILogger logger)
{
    private static readonly TimeSpan s_handoverTime = TimeSpan.FromMilliseconds(250);
    // While it gives way to calls of others.
    private static readonly TimeSpan s_shortHandoverTime = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan s_reconnect = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_errorPause = TimeSpan.FromSeconds(1);
    private int _size = 1;
    private Handover _next = Handover.Empty;
    private List<HandedOver> _handedOver = [];

    public async Task RunAsync(CancellationToken ct)
    {
        await Task.Yield();
        await using (transport)
        {
            while (!ct.IsCancellationRequested)
            {
                if (!await PacedTurnAsync(ct))
                {
                    await queue.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }

            // Messages that are marked as departing are given back, then all that is known is stored.
            await TurnAsync(ct);
            await TurnAsync(ct);
        }
    }

    private async Task<bool> PacedTurnAsync(CancellationToken ct)
    {
        try
        {
            // A wait for the mail server must not keep other lanes waiting.
            return AccountId is { } accountId && transport.IsReady
                ? await services.Pace.RunAsync(accountId, () => TurnAsync(ct), ct)
                : await TurnAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return true;
        }
    }

    // Whose messages it has begun.
    private int? AccountId => _next.Messages is [var next, ..] ? next.Source.AccountId
        : _handedOver is [var last, ..] ? last.Message.Source.AccountId
        : null;

    // Stores the outcomes of the handover before the last and marks the next messages as departing, while the ones marked last are handed over.
    // False if there was nothing to do.
    private async Task<bool> TurnAsync(CancellationToken ct)
    {
        var taken = await TakeAsync(ct);
        var (handover, handedOver) = (_next, _handedOver);
        (_next, _handedOver) = (Handover.Empty, []);
        var departing = TryDepartAsync(taken, handedOver, ct);
        if (journal is null)
        {
            // It would be unknown which of several messages were begun.
            handover = await departing;
        }

        _handedOver = await TryHandOverAsync(handover, ct);
        _next = journal is null ? Handover.Empty : await departing;
        return taken.Count + handover.Messages.Count + handedOver.Count > 0;
    }

    private async Task<List<QueuedMessage>> TakeAsync(CancellationToken ct)
    {
        var waits = !transport.IsReady;
        if (waits && _next.Messages.Count > 0)
        {
            return [];
        }

        if (waits)
        {
            // Known outcomes are stored before a wait.
            await TryDepartAsync([], _handedOver, ct);
            _handedOver = [];
        }

        var taken = ct.IsCancellationRequested ? [] : queue.Take(_size);
        if (taken.Count > 0 && (!await transport.WaitUntilReadyAsync(ct) || !await TryRefreshAsync(taken, waits, ct)))
        {
            taken.ForEach(message => message.Batches.Complete());
            return [];
        }

        return taken;
    }

    private async Task<Handover> TryDepartAsync(List<QueuedMessage> taken, List<HandedOver> handedOver, CancellationToken ct)
    {
        try
        {
            var refused = taken.Select(message => (Message: message, Reason: message.Refusal)).Where(pair => pair.Reason != 0)
                .Select(pair => new HandedOver(pair.Message, Outcome.Skipped(pair.Message.Recipient, pair.Reason)))
                .ToList();
            var departing = refused.Count == 0 ? taken : [.. taken.Except(refused.Select(done => done.Message))];
            var notes = departing.Count == 0 ? null : journal?.Depart([.. departing.Select(message => message.Recipient)]);
            var departed = await WriteAsync([.. handedOver, .. refused], departing, ct);
            return new Handover(departing, departed, notes, Stopwatch.GetTimestamp());
        }
        catch (Exception e)
        {
            Break(e, [.. taken, .. handedOver.Select(done => done.Message)], ct);
            return Handover.Empty;
        }
    }

    private async Task<List<HandedOver>> TryHandOverAsync(Handover handover, CancellationToken ct)
    {
        try
        {
            return await HandOverAsync(handover, ct);
        }
        catch (Exception e)
        {
            Break(e, handover.Messages, ct);
            return [];
        }
    }

    // The lane must continue. Its messages are settled from the journal, or when the lease of their batch ends.
    private void Break(Exception e, IReadOnlyList<QueuedMessage> held, CancellationToken ct)
    {
        if (!ct.IsCancellationRequested)
        {
            logger.BackgroundWorkFailed(e, nameof(DeliveryLane));
        }

        foreach (var message in held)
        {
            message.Batches.Break();
        }
    }

    private async Task<bool> TryRefreshAsync(List<QueuedMessage> taken, bool waited, CancellationToken ct)
    {
        try
        {
            await services.Refresher.RefreshAsync(taken, waited, ct);
            return true;
        }
        catch (RpcException e)
        {
            // They wait again; another try follows when their batch has its turn.
            logger.BackgroundWorkFailed(e, nameof(DeliveryLane));
            await Task.Delay(s_errorPause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return false;
        }
    }

    private async Task<IReadOnlySet<BatchRecipient>> WriteAsync(List<HandedOver> done, List<QueuedMessage> departing, CancellationToken ct)
    {
        var departed = await services.Writer.WriteAsync([.. done.Select(d => d.Outcome)], [.. departing.Select(message => message.Recipient)], ct);
        done.ForEach(d => d.Message.Batches.Complete());
        departing.Where(message => !departed.Contains(message.Recipient)).ToList().ForEach(message => message.Batches.Complete());
        return departed;
    }

    // A handover is not cancelled when the service stops: it ends by itself in bounded time, and then its outcome is known.
    private async Task<List<HandedOver>> HandOverAsync(Handover handover, CancellationToken ct)
    {
        var handedOver = new List<HandedOver>();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < handover.Messages.Count; i++)
        {
            var (message, place) = (handover.Messages[i], i);
            if (handover.Departed.Contains(message.Recipient))
            {
                var mayBegin = !ct.IsCancellationRequested && Stopwatch.GetElapsedTime(handover.DepartedAt) < options.DepartureAge
                    && await IsReadyAsync(ct);
                var outcome = mayBegin
                    ? await HandOverAsync(message, () => handover.Notes?.Begin(place))
                    : Outcome.Released(message.Recipient);
                handover.Notes?.End(place, outcome);
                handedOver.Add(new HandedOver(message, outcome));
            }
        }

        Adapt(handedOver, Stopwatch.GetElapsedTime(started));
        return handedOver;
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

    private async Task<Outcome> HandOverAsync(QueuedMessage message, Action begin)
    {
        OutgoingMessage outgoing;
        try
        {
            outgoing = Build(message.Recipient, message);
        }
        catch (Exception e)
        {
            // Whatever a template makes of a contact: nothing has left, and the lane goes on.
            return Outcome.Of(message.Recipient, HandoverResult.NotMade(e), options);
        }

        return Outcome.Of(message.Recipient, await transport.SendAsync(outgoing, begin), options);
    }

    private OutgoingMessage Build(BatchRecipient recipient, QueuedMessage message) => services.Builder.Build(
        message.Source.MessageOf(recipient.Variant),
        new MergeData(message.Contact, message.Source.Name, message.TimeZone),
        recipient.Address,
        new TrackingTarget(recipient.AccountId, recipient.CampaignId, recipient.ContactId, message.Channel));

    private void Adapt(List<HandedOver> handedOver, TimeSpan time)
    {
        if (handedOver.Count == 0)
        {
            return;
        }

        var each = time / handedOver.Count;
        var handoverTime = services.Pace.GivesWay(handedOver[0].Message.Source.AccountId) ? s_shortHandoverTime : s_handoverTime;
        _size = journal is null || each <= TimeSpan.Zero ? 1 : (int)Math.Clamp(handoverTime / each, 1, JournalFile.HandoverSize);
    }
}
