using Crm.Contacts.V1;
using TagSegments.Campaigns.Suppressions;
using Channel = Crm.Common.V1.Channel;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;

namespace TagSegments.Campaigns.Sending;

/// <summary>A member of an audience before it is frozen, with the reason if it is left out.</summary>
internal sealed class RecipientDraft(int contactId, string address, string addressKey, Reason reason)
{
    public int ContactId => contactId;

    public string Address => address;

    public string AddressKey => addressKey;

    public Reason Reason { get; set; } = reason;

    public static RecipientDraft Create(int contactId, Contact? contact, Channel channel, bool subscribedOnly)
    {
        var address = (channel == Channel.Sms ? contact?.Phone : contact?.Email)?.Trim() ?? "";
        var reason = address.Length == 0 && contact is { DeleteTime: null } ? Reason.NoAddress : Refusal(contact, channel, subscribedOnly);
        return new RecipientDraft(
            contactId,
            address,
            Suppressions.Address.Key(channel, address),
            reason == 0 && !Suppressions.Address.IsValid(channel, address) ? Reason.InvalidAddress : reason);
    }

    /// <summary>Why a contact may not be reached; none if it may.</summary>
    public static Reason Refusal(Contact? contact, Channel channel, bool subscribedOnly)
    {
        if (contact is null || contact.DeleteTime is not null)
        {
            return Reason.Deleted;
        }

        var consent = contact.Consents.FirstOrDefault(c => c.Channel == channel)?.State ?? Consent.Types.State.Never;
        return consent == Consent.Types.State.Unsubscribed ? Reason.Unsubscribed
            : subscribedOnly && consent != Consent.Types.State.Subscribed ? Reason.NotSubscribed
            : contact.DoNotDisturb ? Reason.DoNotDisturb
            : Reason.Unspecified;
    }

    /// <summary>
    /// Leaves one recipient per address, the contact with the lowest number. If one of the contacts with an address opted out, its owner
    /// opted out, and none of them gets the message.
    /// </summary>
    public static void Deduplicate(IEnumerable<RecipientDraft> drafts)
    {
        foreach (var twins in drafts.Where(draft => draft.AddressKey.Length > 0).GroupBy(draft => draft.AddressKey))
        {
            var optedOut = twins.Any(twin => twin.Reason == Reason.Unsubscribed);
            var taken = false;
            foreach (var twin in twins.Where(twin => twin.Reason == Reason.Unspecified))
            {
                twin.Reason = optedOut ? Reason.AddressOptedOut : taken ? Reason.DuplicateAddress : Reason.Unspecified;
                taken = true;
            }
        }
    }
}
