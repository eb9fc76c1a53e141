namespace TagSegments.Campaigns.Reports;

/// <summary>The reports on campaigns, and the turns in which accounts count their ledgers.</summary>
internal sealed record CampaignReports(
    CampaignResults Results, RecipientProof Proof, ResultsBreakdown Breakdown, CampaignWatch Watch, FairQueue Turns);
