namespace TagSegments.Campaigns.Ledger;

/// <summary>Recipients that a sender takes together. The fence proves that it still holds them.</summary>
internal sealed record Batch(int AccountId, Guid CampaignId, int BatchId, int FirstContact, int LastContact, short Part, long Fence);
