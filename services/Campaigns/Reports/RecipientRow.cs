using Crm.Campaigns.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Campaigns.AbTests;

namespace TagSegments.Campaigns.Reports;

/// <summary>An entry of the ledger as it is stored.</summary>
internal sealed record RecipientRow(
    int ContactId, string Address, short State, short Reason, string Detail, int Attempts, DateTime UpdatedAt, DateTime? AcceptedAt,
    DateTime? DueAt, short Variant, short Consent, DateTime? CheckedAt, short CheckedConsent, short? Bounce, DateTime? BouncedAt)
{
    public const string Columns =
        "contact_id, address, state, reason, detail, attempts, updated_at, accepted_at, due_at, variant, consent, checked_at, checked_consent, bounce, bounced_at";

    public Recipient ToRecipient(AbTest? test = null, int winner = 0) => new()
    {
        ContactId = ContactId,
        Address = Address,
        State = (Recipient.Types.State)State,
        Reason = (Recipient.Types.Reason)Reason,
        Detail = Detail,
        Attempts = Attempts,
        UpdateTime = Timestamp.FromDateTime(UpdatedAt),
        AcceptTime = AcceptedAt is { } at ? Timestamp.FromDateTime(at) : null,
        RetryTime = State == (short)Recipient.Types.State.Deferred && DueAt is { } due ? Timestamp.FromDateTime(due) : null,
        Variant = State == (short)Recipient.Types.State.Skipped ? "" : Variants.NameOf(test, Variant == 0 ? winner : Variant),
        Bounce = (Crm.Activity.V1.Activity.Types.Bounce)(Bounce ?? 0),
        BounceTime = BouncedAt is { } bounced ? Timestamp.FromDateTime(bounced) : null,
    };
}
