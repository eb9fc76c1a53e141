namespace TagSegments.Benchmarks.Workflows;

/// <summary>How soon workflows act, what waiting runs cost, and how fast a bulk operation is worked off while single events go on.</summary>
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
