namespace TagSegments.Campaigns.Audiences;

/// <summary>A campaign whose audience this process evaluates.</summary>
internal sealed record PreparingCampaign(
    int AccountId, Guid CampaignId, string AccountName, short Channel, string Audience, string Message, int[] RecipientTagIds, long Fence, string? AbTest);
