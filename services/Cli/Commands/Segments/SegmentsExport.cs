using System.CommandLine;
using System.Text.Json.Nodes;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`segments export`.</summary>
internal static class SegmentsExport
{
    // The most contacts that one call returns.
    private const int BatchSize = 1000;

    public static Command Create()
    {
        var filter = FilterArgument.Create();
        var columns = new Option<string[]>("--columns")
        {
            Description = "What to write, separated by commas: contact attributes, `tags`, and custom fields by key.",
            HelpName = "a,b,...",
            DefaultValueFactory = _ => ["contact_id,external_id,email,first_name,last_name"],
        };
        var raw = new Option<bool>("--raw") { Description = "Do not put ' before cells that a spreadsheet would run as formulas." };
        var asOf = AsOfOption.Create();
        var command = new Command("export", "Writes the matching contacts to standard output, as CSV or, with --output json, one object a line; those and their values at a past instant with --as-of.") { filter, columns, raw, asOf };
        return command.Runs(async (session, ct) =>
        {
            var names = session.Get(columns)!.SelectMany(c => c.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToList();
            var source = await FilterArgument.ResolveAsync(session, session.Get(filter), ct);
            if (AsOfOption.Read(session.Get(asOf)) is { } instant)
                await ExportPastAsync(session, source, names, session.Get(raw), instant, ct);
            else
                await ExportAsync(session, source, names, session.Get(raw), ct);
        });
    }

    private static async Task ExportAsync(Session session, FilterSource source, List<string> columns, bool raw, CancellationToken ct)
    {
        var fields = await session.Services.Fields.ListFieldsAsync(new() { Account = session.RequireAccount() }, cancellationToken: ct);
        var readers = ContactColumns.Readers(columns, fields.Fields);
        var csv = new CsvWriter(session.Report.Output, raw);
        // The header waits for the first part of the answer: a refused filter shall not leave half a file.
        var started = false;
        await foreach (var ids in Matches.StreamAsync(session, source, ct))
        {
            if (!started && !session.Report.IsJson)
                csv.WriteRow(columns);
            started = true;
            foreach (var batch in ids.Chunk(BatchSize))
                await foreach (var row in RowsAsync(session, batch, columns.Contains(ContactColumns.Tags), readers, ct))
                    Write(session, csv, columns, row);
        }
        if (!started && !session.Report.IsJson)
            csv.WriteRow(columns);
    }

    // The values of then are read as rows of a list: the contacts themselves are known as they are today.
    private static async Task ExportPastAsync(Session session, FilterSource source, List<string> columns, bool raw, Timestamp asOf, CancellationToken ct)
    {
        var csv = new CsvWriter(session.Report.Output, raw);
        var request = new ListSmartListRowsRequest { Account = session.RequireAccount(), Source = source, Columns = { columns }, PageSize = BatchSize, AsOf = asOf };
        do
        {
            var page = await session.Services.SmartLists.ListSmartListRowsAsync(request, cancellationToken: ct);
            if (request.PageToken is "" && !session.Report.IsJson)
                csv.WriteRow(columns);
            foreach (var row in page.Rows)
                Write(session, csv, columns, [.. row.Values.Select(value => value.AsText())]);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken is not "");
    }

    private static async IAsyncEnumerable<string[]> RowsAsync(
        Session session,
        int[] ids,
        bool withTags,
        IReadOnlyList<Func<Contact, IReadOnlyList<string>, string>> readers,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var contacts = await session.Services.Contacts.BatchGetContactsAsync(
            new BatchGetContactsRequest { Account = session.RequireAccount(), ContactIds = { ids } }, cancellationToken: ct);
        var tags = withTags ? await TagNamesAsync(session, ids, ct) : [];
        foreach (var contact in contacts.Contacts)
            yield return readers.Select(read => read(contact, tags.GetValueOrDefault(contact.ContactId, []))).ToArray();
    }

    private static async Task<Dictionary<int, IReadOnlyList<string>>> TagNamesAsync(Session session, int[] ids, CancellationToken ct)
    {
        var request = new BatchGetContactTagsRequest { Account = session.RequireAccount(), ContactIds = { ids } };
        var answer = await session.Services.Tags.BatchGetContactTagsAsync(request, cancellationToken: ct);
        return answer.Contacts.ToDictionary(c => c.ContactId, IReadOnlyList<string> (c) => c.Tags.Select(t => t.Name).ToList());
    }

    private static void Write(Session session, CsvWriter csv, List<string> columns, string[] row)
    {
        if (session.Report.IsJson)
            session.Report.Output.WriteLine(ProtoJson.Line(new JsonObject(columns.Zip(row, (c, v) => KeyValuePair.Create(c, (JsonNode?)v)))));
        else
            csv.WriteRow(row);
    }
}
