using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;

namespace TagSegments.Campaigns.Audiences;

/// <summary>
/// Keeps one recipient per address, the contact with the lowest number. If any contact with an address declined, in the audience or not, the
/// owner of the address declined, and none of them gets the message.
/// </summary>
internal sealed class AddressBook(IReadOnlySet<string> declined)
{
    private readonly HashSet<string> _taken = [];

    /// <summary>The normalised addresses whose owners declined.</summary>
    public IReadOnlySet<string> Declined => declined;

    /// <summary>Takes in the next member of the audience, in the order of their numbers, and leaves it out if its address says so.</summary>
    public void Admit(RecipientDraft draft)
    {
        if (draft.Reason == Reason.Unspecified)
        {
            draft.Reason = declined.Contains(draft.AddressKey) ? Reason.AddressOptedOut
                : !_taken.Add(draft.AddressKey) ? Reason.DuplicateAddress
                : Reason.Unspecified;
        }
    }
}
