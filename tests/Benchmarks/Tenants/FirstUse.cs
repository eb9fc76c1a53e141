using TagSegments.Testing;

namespace TagSegments.Benchmarks.Tenants;

/// <summary>
/// The first import into an installation whose tables are empty, beside the same one into tables that are filled and have statistics. The services
/// have run small imports before, so that the price of a cold process is in neither, and their plans were made for tables of a few rows.
/// </summary>
internal static class FirstUse
{
    private const int Contacts = 100_000;
    private const int Few = 20;
    private const int Rounds = 3;

    public static async Task RunAsync(Report report)
    {
        await using var rig = await TenantRig.StartAsync("tenants_first");
        var imports = new Imports(rig);
        for (var i = 0; i < Few; i++)
        {
            await ImportAsync(rig, imports, $"small-{i}", Few);
        }

        await imports.DryRunAsync("small-0", Contacts, CancellationToken.None);
        var first = await ImportAsync(rig, imports, "first", Contacts);
        var again = (await Timed.RunAsync(() => AgainAsync(imports))).Seconds;
        for (var i = 0; i < Rounds; i++)
        {
            report.Note($"first: import {i + 2} without statistics took {await ImportAsync(rig, imports, $"next-{i}", Contacts):N2} s.");
        }

        await rig.ScalarAsync<int?>("VACUUM ANALYZE");
        var filled = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            filled.Add(await ImportAsync(rig, imports, $"filled-{i}", Contacts));
        }

        report.AtMost($"the first {Contacts:N0} contacts with fields and tags", first, "into filled tables", Interleaved.Median(filled), "s", 1.2);
        report.AtLeast("rows of a first import", Contacts / first, "the goal", 100_000, "/s", 1);
        report.Note($"first: the same contacts changed took {again:N2} s.");
    }

    private static async Task<bool> AgainAsync(Imports imports)
    {
        await imports.ContactsAsync("first", Contacts, 1, CancellationToken.None);
        return true;
    }

    private static async Task<double> ImportAsync(TenantRig rig, Imports imports, string account, int contacts)
    {
        await new Crm.Accounts.V1.AccountService.AccountServiceClient(rig.Connect(Service.Tags)).CreateAccountAsync(new() { Account = account });
        var (_, seconds) = await Timed.RunAsync(async () =>
        {
            await imports.ContactsAsync(account, contacts, 0, CancellationToken.None);
            return true;
        });
        return seconds;
    }
}
