using Crm.Contacts.V1;
using TagSegments.Campaigns.Audiences;
using TagSegments.Campaigns.Ledger;
using Channel = Crm.Common.V1.Channel;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;

namespace TagSegments.Campaigns.Lanes;

/// <summary>A message on its way to a lane: its recipient, its source, and the contact as last read.</summary>
internal sealed class QueuedMessage(BatchRecipient recipient, MessageSource source, HeldBatches batches)
{
    private long _readAt;

    /// <summary>The recipient, with the consent that was read last.</summary>
    public BatchRecipient Recipient { get; private set; } = recipient;

    public MessageSource Source => source;

    /// <summary>The batches that it came with.</summary>
    public HeldBatches Batches => batches;

    public Channel Channel => (Channel)Recipient.Channel;

    /// <summary>The contact; null if there is none.</summary>
    public Contact? Contact { get; private set; }

    /// <summary>The account's time zone.</summary>
    public string TimeZone { get; private set; } = "UTC";

    /// <summary>How old the reading of the contact is.</summary>
    public TimeSpan Age => _readAt == 0 ? TimeSpan.MaxValue : TimeProvider.System.GetElapsedTime(_readAt);

    /// <summary>Why it may not leave as the contact is now; no reason if it may.</summary>
    public Reason Refusal => !Source.HasContact ? Reason.Unspecified
        : Source.IsToContact ? RecipientDraft.Refusal(Contact, Channel, Source.SubscribedOnly)
        : Contact is null or { DeleteTime: not null } ? Reason.Deleted
        : Reason.Unspecified;

    public void Refresh(Contact? contact, string timeZone, long readAt)
    {
        (Contact, TimeZone) = (contact, timeZone);
        Recipient = Recipient with { Consent = contact is null ? 0 : RecipientDraft.ConsentOf(contact, Channel) };
        _readAt = readAt;
    }
}
