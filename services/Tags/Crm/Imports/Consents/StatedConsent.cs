using Crm.Common.V1;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>What a row says of a contact's consent.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="State">Subscribed or unsubscribed.</param>
/// <param name="Source">Where the statement comes from.</param>
/// <param name="At">When the contact made it; null if the file does not say.</param>
internal sealed record StatedConsent(Channel Channel, State State, string Source, DateTime? At)
{
    /// <summary>True if the contact declines.</summary>
    public bool Refuses => State == State.Unsubscribed;
}
