namespace TagSegments.Benchmarks.Workflows;

/// <summary>How soon workflows act, the cost of waiting runs, and the speed of a bulk operation while single events continue.</summary>
internal static class WorkflowSuite
{
    private const int MaxContacts = 100_000;

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        var contacts = Math.Min(options.Contacts, MaxContacts);
        await using var ours = await WorkflowFixture.StartAsync(contacts);
        await TriggerSpeed.RunAsync(ours, options, report);
        var idle = await WaitingCosts.IdleAsync(ours);
        await WaitingCosts.CompareRunsAsync(ours, report, idle);
        await BulkSpeed.RunAsync(ours, report);
        await WaitingCosts.CompareAccountsAsync(ours, report, idle);
    }
}
