using TagSegments.Chaos;
using TagSegments.Chaos.Scenarios;

return await ChaosProgram.RunAsync(args, new Dictionary<string, Scenario>
{
    ["bulk"] = new(BulkKills.RunAsync, BulkMutants.All),
    ["campaigns"] = new(CampaignKills.RunAsync, CampaignMutants.All),
    ["index"] = new(IndexHistories.RunAsync),
    ["workflows"] = new(WorkflowKills.RunAsync, WorkflowMutants.All),
});
