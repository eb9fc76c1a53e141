namespace TagSegments.Benchmarks.Tenants;

/// <summary>What it costs to open an account where there are many, beside the same where there are few, in turns.</summary>
internal static class OpeningCosts
{
    private const int Few = 10;
    private const int WarmUps = 30;
    private const int Rounds = 100;

    public static async Task RunAsync(TenantRig many, int accounts, Report report)
    {
        await using var rig = await TenantRig.StartAsync("tenants_few");
        var (here, there) = (new Opening(many), new Opening(rig));
        await new Opening(rig).OpenManyAsync(Few, ManyAccounts.Contacts);
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var i = 1; i <= WarmUps + Rounds; i++)
        {
            ours.Add(await here.OpenAsync($"newcomer-{i}"));
            theirs.Add(await there.OpenAsync($"newcomer-{i}"));
        }

        report.AtMost(
            $"open an account beside {accounts:N0} others", Interleaved.Median(ours[WarmUps..]), $"beside {Few}", Interleaved.Median(theirs[WarmUps..]), "ms", 1.2);
        report.Note($"opening: beside {accounts:N0} others: {here.Steps()}.");
        report.Note($"opening: beside {Few} others: {there.Steps()}.");
    }
}
