using TagSegments.Chaos;
using TagSegments.Chaos.Scenarios;

return await ChaosProgram.RunAsync(args, new Dictionary<string, Func<ChaosOptions, Task<ChaosReport>>>
{
    ["bulk"] = BulkKills.RunAsync,
    ["campaigns"] = CampaignKills.RunAsync,
    ["index"] = IndexHistories.RunAsync,
    ["workflows"] = WorkflowKills.RunAsync,
});
