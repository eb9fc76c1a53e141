using TagSegments.Testing;

namespace TagSegments.Benchmarks.Tenants;

/// <summary>
/// The first import into an installation whose tables are empty, and what accounts do first, beside the same with tables that are filled and have
/// statistics. The services have run small imports only, so most of their code is as it was compiled first, and their plans were made for tables of a
/// few rows.
/// </summary>
internal static class FirstUse
{
    private const int Contacts = 100_000;
    private const int UsedContacts = 30_000;
    private const int Few = 20;
    private const int Rounds = 3;

    public static async Task RunImportAsync(Report report)
    {
        await using var rig = await StartAsync("tenants_first");
        var (first, firstUsage) = await ImportAsync(rig, "first", Contacts);
        await StartAgainAsync(rig);
        var (fresh, freshUsage) = await ImportAsync(rig, "fresh", Contacts);
        var (filled, filledUsage) = (new List<double>(), new List<double>());
        for (var i = 0; i < Rounds; i++)
        {
            var (seconds, usage) = await ImportAsync(rig, $"filled-{i}", Contacts);
            filled.Add(seconds);
            filledUsage.Add(usage);
        }

        report.AtMost($"the first {Contacts:N0} contacts with fields and tags", first, "into filled tables", fresh, "s", 1.2);
        report.Compare("the same, processor time of the contact service", firstUsage, "into filled tables", freshUsage, "s");
        report.Compare("the first after a start", fresh, "the next ones", Interleaved.Median(filled), "s");
        report.Compare("the same, processor time of the contact service", freshUsage, "the next ones", Interleaved.Median(filledUsage), "s");
        report.AtLeast("rows of a first import", Contacts / first, "the goal", 100_000, "/s", 1);
        report.AtLeast("rows of an import into filled tables", Contacts / Interleaved.Median(filled), "the goal", 100_000, "/s", 1);
        rig.Report("first", report);
    }

    public static async Task RunUsesAsync(Report report)
    {
        await using var rig = await StartAsync("tenants_uses");
        var early = await UseAsync(rig, "early");
        await StartAgainAsync(rig);
        var late = await UseAsync(rig, "late");
        foreach (var use in early[0].Seconds.Keys)
        {
            report.AtMost($"an account's first {use} without statistics", Median(early, use), "with statistics", Median(late, use), "s", 1.2);
        }

        rig.Report("uses", report);
    }

    // With statistics. Both times the services have just started, so their code is compiled to the same degree and what differs are the tables.
    private static async Task StartAgainAsync(TenantRig rig)
    {
        await rig.ScalarAsync<int?>("VACUUM ANALYZE");
        foreach (var service in Enum.GetValues<Service>())
        {
            await rig.RestartAsync(service);
        }

        await ImportSmallAsync(rig, "again");
    }

    private static double Median(List<AccountUse> uses, string use) => Interleaved.Median(uses.ConvertAll(account => account.Seconds[use]));

    private static async Task<TenantRig> StartAsync(string name)
    {
        var rig = await TenantRig.StartAsync(name);
        await ImportSmallAsync(rig, "small");
        return rig;
    }

    private static async Task ImportSmallAsync(TenantRig rig, string name)
    {
        for (var i = 0; i < Few; i++)
        {
            await ImportAsync(rig, $"{name}-{i}", Few);
        }
    }

    private static async Task<List<AccountUse>> UseAsync(TenantRig rig, string name)
    {
        var uses = new List<AccountUse>();
        for (var i = 0; i < Rounds; i++)
        {
            await ImportAsync(rig, $"{name}-{i}", UsedContacts);
            uses.Add(new AccountUse(rig, $"{name}-{i}", UsedContacts));
            await uses[^1].RunAsync();
        }

        return uses;
    }

    private static async Task<(double Seconds, double Usage)> ImportAsync(TenantRig rig, string account, int contacts)
    {
        await new Crm.Accounts.V1.AccountService.AccountServiceClient(rig.Connect(Service.Tags)).CreateAccountAsync(new() { Account = account });
        var before = ProcessUsage.ProcessorSeconds(rig[Service.Tags].Id);
        var (_, seconds) = await Timed.RunAsync(async () =>
        {
            await new Imports(rig).ContactsAsync(account, contacts, 0, CancellationToken.None);
            return true;
        });
        return (seconds, ProcessUsage.ProcessorSeconds(rig[Service.Tags].Id) - before);
    }
}
