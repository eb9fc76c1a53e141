using Crm.Contacts.V1;
using Channel = Crm.Common.V1.Channel;
using ConsentState = Crm.Contacts.V1.Consent.Types.State;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;

namespace TagSegments.Campaigns.Audiences;

/// <summary>A member of an audience before it is frozen, with the reason if it is left out.</summary>
internal sealed class RecipientDraft(int contactId, string address, string addressKey, ConsentState consent, Reason reason)
{
    public int ContactId => contactId;

    public string Address => address;

    public string AddressKey => addressKey;

    /// <summary>The consent that was read.</summary>
    public ConsentState Consent => consent;

    public Reason Reason { get; set; } = reason;

    /// <summary>A contact that no longer exists.</summary>
    public static RecipientDraft Missing(int contactId) => new(contactId, "", "", ConsentState.Unspecified, Reason.Deleted);

    public static RecipientDraft Create(Contact contact, Channel channel, bool subscribedOnly) => contact.DeleteTime is not null
        ? Missing(contact.ContactId)
        : Create(
            contact.ContactId, channel, AddressOf(contact, channel), ConsentOf(contact, channel), contact.DoNotDisturb, subscribedOnly);

    public static RecipientDraft Create(
        int contactId, Channel channel, string address, ConsentState consent, bool doNotDisturb, bool subscribedOnly)
    {
        var trimmed = address.Trim();
        var reason = trimmed.Length == 0 ? Reason.NoAddress : Refusal(consent, doNotDisturb, subscribedOnly);
        if (reason == Reason.Unspecified && !Addresses.Address.IsValid(channel, trimmed))
        {
            reason = Reason.InvalidAddress;
        }

        return new RecipientDraft(contactId, trimmed, Addresses.Address.Key(channel, trimmed), consent, reason);
    }

    /// <summary>The reason why a contact may not be reached; none if it may.</summary>
    public static Reason Refusal(Contact? contact, Channel channel, bool subscribedOnly) => contact is null or { DeleteTime: not null }
        ? Reason.Deleted
        : Refusal(ConsentOf(contact, channel), contact.DoNotDisturb, subscribedOnly);

    private static Reason Refusal(ConsentState consent, bool doNotDisturb, bool subscribedOnly) =>
        consent == ConsentState.Unsubscribed ? Reason.Unsubscribed
        : subscribedOnly && consent != ConsentState.Subscribed ? Reason.NotSubscribed
        : doNotDisturb ? Reason.DoNotDisturb
        : Reason.Unspecified;

    /// <summary>The address at which a contact is reached by a channel.</summary>
    public static string AddressOf(Contact contact, Channel channel) => channel != Channel.Sms ? contact.Email : contact.E164Phone.Length > 0 ? contact.E164Phone : contact.Phone;

    /// <summary>The consent of a contact for a channel.</summary>
    public static ConsentState ConsentOf(Contact contact, Channel channel) =>
        contact.Consents.FirstOrDefault(consent => consent.Channel == channel)?.State ?? ConsentState.Never;
}
