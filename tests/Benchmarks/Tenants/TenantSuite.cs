namespace TagSegments.Benchmarks.Tenants;

/// <summary>
/// What accounts cost each other on one replica of each service, which are processes of their own: a loud neighbour, unread streams, the
/// number of accounts alone; and what imports and the first use of an installation cost.
/// </summary>
internal static class TenantSuite
{
    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        if (options.Wants("neighbour"))
        {
            await NeighbourSpeed.RunAsync(options, report);
        }

        if (options.Wants("streams"))
        {
            await UnreadStreams.RunAsync(options, report);
        }

        if (options.Wants("first"))
        {
            await FirstUse.RunImportAsync(report);
        }

        if (options.Wants("uses"))
        {
            await FirstUse.RunUsesAsync(report);
        }

        if (options.Wants("imports"))
        {
            await ImportSpeed.RunAsync(options, report);
        }

        if (options.Wants("many") || options.Wants("opening"))
        {
            await RunManyAsync(options, report);
        }
    }

    private static async Task RunManyAsync(BenchmarkOptions options, Report report)
    {
        await using var rig = await TenantRig.StartAsync("tenants_many");
        var (accounts, seconds) = await Timed.RunAsync(() => new Opening(rig).OpenManyAsync(options.Accounts, ManyAccounts.Contacts));
        report.Note($"many: {accounts.Length:N0} accounts were opened in {seconds:N0} s.");
        await rig.ScalarAsync<int?>("VACUUM ANALYZE");
        if (options.Wants("many"))
        {
            await new ManyAccounts(rig, accounts, options, report).RunAsync();
        }

        if (options.Wants("opening"))
        {
            await OpeningCosts.RunAsync(rig, accounts.Length, report);
        }
    }
}
