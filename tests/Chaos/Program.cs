using TagSegments.Chaos;
using TagSegments.Chaos.Dashboards;
using TagSegments.Chaos.Hostile;
using TagSegments.Chaos.Rolls;
using TagSegments.Chaos.Scenarios;
using TagSegments.Chaos.Soak;

return await ChaosProgram.RunAsync(args, new Dictionary<string, Scenario>
{
    ["bulk"] = new(BulkKills.RunAsync, BulkMutants.All.Names),
    ["campaigns"] = new(CampaignKills.RunAsync, CampaignMutants.All.Names),
    ["dashboards"] = new(DashboardQueries.RunAsync, ["misspelt"]),
    ["erasures"] = new(ErasureKills.RunAsync, ErasureMutants.All.Names),
    ["hostile"] = new(HostileCalls.RunAsync, SourceMutants.Names),
    ["index"] = new(IndexHistories.RunAsync),
    ["roll"] = new(RollScenario.RunAsync, RollScenario.Mutants),
    ["soak"] = new(SoakRun.RunAsync, SoakMutants.All.Names),
    ["workflows"] = new(WorkflowKills.RunAsync, WorkflowMutants.All.Names),
});
