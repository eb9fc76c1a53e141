using System.Text;
using Crm.Contacts.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Tenants;

/// <summary>Imports generated files.</summary>
internal sealed class Imports(TenantRig rig)
{
    private const int PartBytes = 512 * 1_024;
    private static readonly string[] s_countries = ["DE", "AT", "CH", "FR", "NL"];
    private readonly ImportService.ImportServiceClient _imports = new(rig.Connect(Service.Tags));

    private long _rows;

    /// <summary>The number of rows that were handled.</summary>
    public long Rows => _rows;

    /// <summary>Imports the same contacts from a file as another tool exports it, with the preset of the tool.</summary>
    public Task ContactsOfToolAsync(string account, int count, CancellationToken ct)
    {
        var options = new ImportOptions { FileName = "contacts.csv", From = ImportOptions.Types.Tool.Activecampaign };
        var rows = Enumerable.Range(1, count).Select(i => FormattableString.Invariant(
            $"c{i},c{i}@customers.of.a.benchmark.example,Ann,{s_countries[i % 5]},{i % 1_000},2026-{1 + (i % 9):00}-{1 + (i % 28):00},\"T{i % 20}, T{i % 7}, T{i % 3}\"\n"));
        return ImportAsync(account, options, rows.Prepend("ID,Email,First Name,Country,Score,Signup,Tags\n"), ct);
    }

    /// <summary>
    /// Imports contacts, numbered from 1, each with an address, three fields and three of the tags <c>T0</c> to <c>T19</c>. Another round changes
    /// a field of each.
    /// </summary>
    public Task ContactsAsync(string account, int count, int round, CancellationToken ct)
    {
        var options = new ImportOptions { FileName = "contacts.csv", ExternalIdColumn = "external_id", TagsColumns = { "tags" } };
        var rows = Enumerable.Range(1, count).Select(i => FormattableString.Invariant(
            $"c{i},c{i}@customers.of.a.benchmark.example,Ann,{s_countries[i % 5]},{(i + round) % 1_000},2026-{1 + (i % 9):00}-{1 + (i % 28):00},T{i % 20};T{i % 7};T{i % 3}\n"));
        return ImportAsync(account, options, rows.Prepend("external_id,email,first_name,country,score,signup,tags\n"), ct);
    }

    /// <summary>Imports an opportunity for every tenth of so many contacts.</summary>
    public Task OpportunitiesAsync(string account, int contacts, CancellationToken ct)
    {
        var options = new ImportOptions
        {
            Kind = ImportOptions.Types.Kind.Opportunities,
            FileName = "opportunities.csv",
            ExternalIdColumn = "id",
            ContactColumn = "contact",
            StageColumn = "stage",
            AmountColumn = "amount",
        };
        var rows = Enumerable.Range(1, contacts / 10).Select(i => FormattableString.Invariant($"o{i},c{i * 10},Stage {i % 4},{i % 5_000}\n"));
        return ImportAsync(account, options, rows.Prepend("id,contact,stage,amount\n"), ct);
    }

    private async Task ImportAsync(string account, ImportOptions options, IEnumerable<string> rows, CancellationToken ct)
    {
        using var call = _imports.Import(cancellationToken: ct);
        await call.RequestStream.WriteAsync(new ImportRequest { Account = account, Options = options }, ct);
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.Append(row);
            if (text.Length >= PartBytes)
            {
                await SendAsync();
            }
        }

        await SendAsync();
        await call.RequestStream.CompleteAsync();
        var handled = 0L;
        while (await call.ResponseStream.MoveNext(ct))
        {
            if (call.ResponseStream.Current.Progress is { } progress)
            {
                Interlocked.Add(ref _rows, progress.Rows - handled);
                handled = progress.Rows;
            }

            if (call.ResponseStream.Current.RowError is { } error)
            {
                throw new InvalidOperationException($"Line {error.Line} was not imported: {error.Message}");
            }
        }

        async Task SendAsync()
        {
            await call.RequestStream.WriteAsync(new ImportRequest { Data = ByteString.CopyFromUtf8(text.ToString()) }, ct);
            text.Clear();
        }
    }
}
