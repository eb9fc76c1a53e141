namespace TagSegments.Campaigns.Reports;

/// <summary>The reports on campaigns.</summary>
internal sealed record CampaignReports(CampaignResults Results, RecipientProof Proof, ResultsBreakdown Breakdown, CampaignWatch Watch);
