using Crm.Contacts.V1;

namespace TagSegments.Campaigns.Ledger;

/// <summary>A recipient whose batch a sender holds. The fence is that of the batch.</summary>
internal sealed record BatchRecipient(
    int AccountId, Guid CampaignId, int ContactId, short Channel, string Address, int BatchId = 0, long Fence = 0, int Attempts = 0,
    short Variant = 0, bool HasSlot = false)
{
    /// <summary>The consent that was read last.</summary>
    public Consent.Types.State Consent { get; init; }
}
