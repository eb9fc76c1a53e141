using System.Threading.Channels;
using Crm.Campaigns.V1;
using TagSegments.Campaigns.Content;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Tracking;
using Channel = Crm.Common.V1.Channel;

namespace TagSegments.Campaigns.Sending;

/// <summary>
/// The lanes on which messages leave, each with a connection of its own. A lane stores what became of a message together with the
/// departure of the next one, so at most one message per lane is ever in doubt.
/// </summary>
internal sealed class Lanes(
    DeliveryOptions options, Ledger ledger, LedgerWriter writer, MessageBuilder builder, Transports transports, ILogger<Lanes> logger)
    : BackgroundService
{
    private readonly Channel<Letter> _email = CreateQueue(options.Connections);
    private readonly Channel<Letter> _sms = CreateQueue(options.SmsConnections);

    public DeliveryOptions Options => options;

    /// <summary>Queues a message; waits while the lanes are busy.</summary>
    public ValueTask AddAsync(Letter letter, CancellationToken ct) =>
        (letter.Channel == Channel.Sms ? _sms : _email).Writer.WriteAsync(letter, ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var email = Enumerable.Range(0, options.Connections).Select(_ => RunAsync(_email.Reader, transports.CreateSmtp(), stoppingToken));
        var sms = Enumerable.Range(0, options.SmsConnections).Select(_ => RunAsync(_sms.Reader, transports.CreateSms(), stoppingToken));
        await Task.WhenAll(email.Concat(sms));
        await ReleaseAsync(_email.Reader);
        await ReleaseAsync(_sms.Reader);
    }

    // What no lane has begun is given back at once, so that another process need not wait for its lease to end.
    private async Task ReleaseAsync(ChannelReader<Letter> letters)
    {
        var waiting = new List<Claim>();
        while (letters.TryRead(out var letter))
        {
            waiting.Add(letter.Claim);
        }

        await ledger.ReleaseAsync(waiting, CancellationToken.None);
    }

    private static Channel<Letter> CreateQueue(int lanes) => System.Threading.Channels.Channel.CreateBounded<Letter>(2 * lanes);

    private async Task RunAsync(ChannelReader<Letter> letters, ITransport transport, CancellationToken ct)
    {
        await Task.Yield();
        await using (transport)
        {
            while (!ct.IsCancellationRequested)
            {
                try
                {
                    await RunWhileBusyAsync(letters, transport, ct);
                    await letters.WaitToReadAsync(ct);
                }
                catch (OperationCanceledException) when (ct.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception e)
                {
                    // The lane must go on. The message that it held is put right when its lease ends.
                    logger.BackgroundWorkFailed(e, nameof(Lanes));
                }
            }
        }
    }

    private async Task RunWhileBusyAsync(ChannelReader<Letter> letters, ITransport transport, CancellationToken ct)
    {
        Outcome? outcome = null;
        while (!ct.IsCancellationRequested && letters.TryRead(out var letter))
        {
            outcome = await SendAsync(letter, outcome, transport, ct);
        }

        if (outcome is not null)
        {
            await writer.StepAsync(outcome, null, ct);
        }
    }

    // Handing over is not cancelled when the service stops: it ends by itself in bounded time, and then its outcome is known.
    private async Task<Outcome?> SendAsync(Letter letter, Outcome? previous, ITransport transport, CancellationToken ct)
    {
        if (Prepare(letter, out var refused) is not { } message)
        {
            await writer.StepAsync(previous, null, ct);
            await writer.StepAsync(refused, null, ct);
            return null;
        }

        if (!transport.IsReady && previous is not null)
        {
            await writer.StepAsync(previous, null, ct);
            previous = null;
        }

        if (!await transport.WaitUntilReadyAsync(ct) || letter.Age > options.ContactAge)
        {
            // What was read of the contact is too old to rely on: its turn comes again.
            await writer.StepAsync(previous, null, ct);
            await ledger.ReleaseAsync([letter.Claim], CancellationToken.None);
            return null;
        }

        return await writer.StepAsync(previous, letter.Claim, ct) ? await transport.SendAsync(letter.Claim, message) : null;
    }

    private OutgoingMessage? Prepare(Letter letter, out Outcome? refused)
    {
        var reason = RecipientDraft.Refusal(letter.Contact, letter.Channel, letter.Source.SubscribedOnly);
        if (reason != 0)
        {
            refused = Outcome.Skipped(letter.Claim, reason);
            return null;
        }

        try
        {
            refused = null;
            var target = new TrackingTarget(letter.Claim.AccountId, letter.Claim.CampaignId, letter.Claim.ContactId, letter.Channel);
            return builder.Build(letter.Source.MessageOf(letter.Claim.Variant), letter.Source.Name, letter.Contact!, letter.Claim.Address, target);
        }
        catch (TemplateException e)
        {
            refused = Outcome.Failed(letter.Claim, Recipient.Types.Reason.Template, e.Message);
            return null;
        }
    }
}
