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
    DeliveryOptions options, LedgerWriter writer, MessageBuilder builder, Transports transports) : BackgroundService
{
    private readonly Channel<Letter> _email = CreateQueue(options.Connections);
    private readonly Channel<Letter> _sms = CreateQueue(options.SmsConnections);

    public DeliveryOptions Options => options;

    /// <summary>Queues a message; waits while the lanes are busy.</summary>
    public ValueTask AddAsync(Letter letter, CancellationToken ct) =>
        (letter.Channel == Channel.Sms ? _sms : _email).Writer.WriteAsync(letter, ct);

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var email = Enumerable.Range(0, options.Connections).Select(_ => RunAsync(_email.Reader, transports.CreateSmtp(), stoppingToken));
        var sms = Enumerable.Range(0, options.SmsConnections).Select(_ => RunAsync(_sms.Reader, transports.CreateSms(), stoppingToken));
        return Task.WhenAll(email.Concat(sms));
    }

    private static Channel<Letter> CreateQueue(int lanes) => System.Threading.Channels.Channel.CreateBounded<Letter>(2 * lanes);

    private async Task RunAsync(ChannelReader<Letter> letters, ITransport transport, CancellationToken ct)
    {
        await Task.Yield();
        await using (transport)
        {
            Outcome? outcome = null;
            while (!ct.IsCancellationRequested)
            {
                if (letters.TryRead(out var letter))
                {
                    outcome = await SendAsync(letter, outcome, transport, ct);
                    continue;
                }

                if (outcome is not null)
                {
                    await writer.StepAsync(outcome, null);
                    outcome = null;
                }

                await letters.WaitToReadAsync(ct).AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
            }

            if (outcome is not null)
            {
                await writer.StepAsync(outcome, null);
            }
        }
    }

    // Handing over is not cancelled when the service stops: it ends by itself in bounded time, and then its outcome is known.
    private async Task<Outcome?> SendAsync(Letter letter, Outcome? previous, ITransport transport, CancellationToken ct)
    {
        if (Prepare(letter, out var refused) is not { } message)
        {
            await writer.StepAsync(previous, null);
            await writer.StepAsync(refused, null);
            return null;
        }

        if (!transport.IsReady && previous is not null)
        {
            await writer.StepAsync(previous, null);
            previous = null;
        }

        return await transport.WaitUntilReadyAsync(ct) && await writer.StepAsync(previous, letter.Claim)
            ? await transport.SendAsync(letter.Claim, message)
            : null;
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
            return builder.Build(letter.Source.Parsed, letter.Source.Name, letter.Contact!, letter.Claim.Address, target);
        }
        catch (TemplateException e)
        {
            refused = Outcome.Failed(letter.Claim, Recipient.Types.Reason.Template, e.Message);
            return null;
        }
    }
}
