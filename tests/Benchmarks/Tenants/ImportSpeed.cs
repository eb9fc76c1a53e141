using Dapper;
using Npgsql;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Tenants;

/// <summary>Imports with and without a preset, in turns with each other and with a binary COPY of the same values into a table without an index.</summary>
internal static class ImportSpeed
{
    private const int Contacts = 30_000;
    private const int WarmUps = 2;
    private const int Rounds = 5;

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        await using var rig = await TenantRig.StartAsync("tenants_imports");
        await rig.ScalarAsync<int?>("CREATE SCHEMA yardstick");
        await rig.ScalarAsync<int?>(
            "CREATE TABLE yardstick.contact (external_id text, email text, first_name text, country text, score int, signup date, tags text[])");
        var imports = new Imports(rig);
        var accounts = 0;
        Func<Task>[] ways =
        [
            async () => await imports.ContactsAsync(await NewAsync(), Contacts, 0, CancellationToken.None),
            async () => await imports.ContactsOfToolAsync(await NewAsync(), Contacts, CancellationToken.None),
            () => CopyAsync(rig),
        ];
        await Interleaved.MedianAsync(WarmUps, ways);
        var times = await Interleaved.MedianAsync(Math.Min(Rounds, options.Rounds), ways);
        report.Compare($"an import of {Contacts:N0} contacts with fields and tags", times[0], "binary COPY into a heap without index", times[2], "ms");
        report.Compare("the same from a file of another tool", times[1], "binary COPY into a heap without index", times[2], "ms");
        report.AtMost("an import with a preset", times[1], "without", times[0], "ms", 1.1);

        async Task<string> NewAsync()
        {
            var account = $"import-{++accounts}";
            await new Crm.Accounts.V1.AccountService.AccountServiceClient(rig.Connect(Service.Tags)).CreateAccountAsync(new() { Account = account });
            return account;
        }
    }

    private static async Task CopyAsync(TenantRig rig)
    {
        await using var connection = await rig.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync("TRUNCATE yardstick.contact");
        await using var writer = await connection.BeginBinaryImportAsync("COPY yardstick.contact FROM STDIN BINARY");
        for (var i = 1; i <= Contacts; i++)
        {
            await writer.StartRowAsync();
            await writer.WriteAsync($"c{i}");
            await writer.WriteAsync($"c{i}@customers.of.a.benchmark.example");
            await writer.WriteAsync("Ann");
            await writer.WriteAsync("DE");
            await writer.WriteAsync(i % 1_000);
            await writer.WriteAsync(new DateOnly(2026, 1 + (i % 9), 1 + (i % 28)), NpgsqlTypes.NpgsqlDbType.Date);
            await writer.WriteAsync(new[] { $"T{i % 20}", $"T{i % 7}", $"T{i % 3}" });
        }

        await writer.CompleteAsync();
    }
}
