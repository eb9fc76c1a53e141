namespace TagSegments.Campaigns.Schema;

/// <summary>The states of campaigns as SQL has them: the numbers of <see cref="Crm.Campaigns.V1.Campaign.Types.State"/>.</summary>
internal static class CampaignStates
{
    public const string Draft = "1";
    public const string Scheduled = "2";
    public const string Preparing = "3";
    public const string Sending = "4";
    public const string Paused = "5";
    public const string Sent = "6";
    public const string Cancelled = "7";
    public const string Failed = "8";

    /// <summary>The states in which a campaign sends by itself, now or later.</summary>
    public const string Active = $"({Scheduled}, {Preparing}, {Sending})";

    /// <summary>The states at the end of a campaign's life.</summary>
    public const string Ended = $"({Sent}, {Cancelled}, {Failed})";
}
