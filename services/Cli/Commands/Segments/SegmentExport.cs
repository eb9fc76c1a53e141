using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Cli.Commands.Contacts;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;
using TagSegments.Csv;
using Field = Crm.Contacts.V1.Field;

namespace TagSegments.Cli.Commands.Segments;

/// <summary>`segments export`.</summary>
internal static class SegmentExport
{
    // The most contacts that one call returns.
    private const int BatchSize = 1000;

    /// <summary>`segments export`.</summary>
    public static Command Export()
    {
        var filter = FilterArgument.Create();
        var columns = new Option<string[]>("--columns")
        {
            Description = "The columns to write, separated by commas: contact attributes, `tags`, and custom fields by name, in any case.",
            HelpName = "a,b,...",
            DefaultValueFactory = _ => ["contact_id,external_id,email,first_name,last_name"],
        };
        var raw = new Option<bool>("--raw") { Description = "Do not put ' before cells that a spreadsheet would run as formulas." };
        var asOf = AsOfOption.Create();
        var command = new Command("export", "Writes the matching contacts to standard output as CSV or, with --output json, one object per line. With --as-of it writes the contacts and values of a past instant.") { filter, columns, raw, asOf };
        return command.Runs(async (session, ct) =>
        {
            var source = await FilterArgument.ResolveAsync(session, session.Get(filter), ct);
            var fields = (await session.Services.Fields.ListFieldsAsync(new() { Account = session.RequireAccount() }, cancellationToken: ct)).Fields;
            var names = ContactColumns.Resolve(Options.Names(session.Get(columns)), fields);
            var parts = AsOfOption.Read(session.Get(asOf)) is { } instant
                ? PastAsync(session, source, names, instant, ct)
                : PresentAsync(session, source, names, fields, ct);
            if (session.Report.IsJson)
                await WriteJsonAsync(session.Report.Output, names, [.. names.Select(name => ContactColumns.IsList(name, fields))], parts);
            else
                await WriteCsvAsync(session.Report.Output, session.Get(raw), names, [.. names.Select(name => ContactColumns.IsText(name, fields))], parts);
        });
    }

    // Lists are lists, so that import reads the file back: a tag may have a comma.
    private static async Task WriteJsonAsync(TextWriter output, List<string> columns, bool[] isList, IAsyncEnumerable<IEnumerable<string[]>> parts)
    {
        await foreach (var part in parts)
            foreach (var row in part)
                output.WriteLine(ProtoJson.Line(new JsonObject(columns.Select((column, i) => KeyValuePair.Create(column, isList[i] ? List(row[i]) : row[i])))));
    }

    private static JsonNode? List(string text) => new JsonArray([.. ListText.Split(text, [";"]).Select(item => (JsonNode?)item)]);

    // The header waits for the first part of the answer, so that a refused filter does not leave half a file.
    private static async Task WriteCsvAsync(TextWriter output, bool raw, List<string> columns, bool[] isText, IAsyncEnumerable<IEnumerable<string[]>> parts)
    {
        using var csv = new CsvRows(output, raw);
        var started = false;
        await foreach (var part in parts)
        {
            if (!started)
                csv.WriteHeader(columns);
            started = true;
            foreach (var row in part)
                csv.Write(row.Zip(isText, (value, text) => new CsvCell(value, text)));
        }

        if (!started)
            csv.WriteHeader(columns);
    }

    private static async IAsyncEnumerable<IEnumerable<string[]>> PresentAsync(
        Session session, FilterSource source, List<string> columns, IReadOnlyCollection<Field> fields, [EnumeratorCancellation] CancellationToken ct)
    {
        var readers = ContactColumns.Readers(columns, fields, ListText.Join);
        await foreach (var ids in Matches.StreamAsync(session, source, ct))
        {
            foreach (var batch in ids.Chunk(BatchSize))
            {
                var request = new BatchGetContactsRequest { Account = session.RequireAccount(), ContactIds = { batch } };
                var contacts = (await session.Services.Contacts.BatchGetContactsAsync(request, cancellationToken: ct)).Contacts;
                var tags = columns.Contains(ContactColumns.Tags) ? await TagNamesAsync(session, batch, ct) : [];
                yield return contacts.Select(contact => readers.Select(read => read(contact, tags.GetValueOrDefault(contact.ContactId, []))).ToArray());
            }
        }
    }

    // Past values are read as rows of a list, because a contact itself can only be read as it is today.
    private static async IAsyncEnumerable<IEnumerable<string[]>> PastAsync(
        Session session, FilterSource source, List<string> columns, Timestamp asOf, [EnumeratorCancellation] CancellationToken ct)
    {
        var request = new ListSmartListRowsRequest { Account = session.RequireAccount(), Source = source, Columns = { columns }, PageSize = BatchSize, AsOf = asOf };
        await foreach (var page in Pages.ReadAsync(request, r => session.Services.SmartLists.ListSmartListRowsAsync(r, cancellationToken: ct)))
            yield return page.Rows.Select(row => row.Values.Select(value => value.AsText(ListText.Join)).ToArray());
    }

    private static async Task<Dictionary<int, IReadOnlyList<string>>> TagNamesAsync(Session session, int[] ids, CancellationToken ct)
    {
        var request = new BatchGetContactTagsRequest { Account = session.RequireAccount(), ContactIds = { ids } };
        var answer = await session.Services.Tags.BatchGetContactTagsAsync(request, cancellationToken: ct);
        return answer.Contacts.ToDictionary(c => c.ContactId, IReadOnlyList<string> (c) => c.Tags.Select(t => t.Name).ToList());
    }
}
