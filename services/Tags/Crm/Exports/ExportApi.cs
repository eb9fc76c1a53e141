using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Csv;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Exports;

/// <summary>Serves exports: the segment service selects the contacts in one snapshot, and they are read and written a thousand at a time.</summary>
internal sealed class ExportApi(AccountDirectory accounts, FieldStore fields, ExportReader reader, SegmentService.SegmentServiceClient segments)
    : ExportService.ExportServiceBase
{
    private const int ContactsPerPart = 1_000;

    public override async Task ExportContacts(
        ExportContactsRequest request, IServerStreamWriter<ExportContactsResponse> responseStream, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var known = await fields.ListAsync(account.Id, ct);
        var columns = ExportColumn.Choose(request.Columns, [.. known.Where(field => field.Target == Field.Types.Target.Contact)]);
        var withTags = columns.Any(column => column.Header == ExportColumn.Tags);

        await using var text = new StringWriter();
        using var csv = new CsvRows(text, request.Raw);
        csv.WriteHeader(columns.Select(column => column.Header));
        var rows = 0L;
        await foreach (var contactIds in MatchesAsync(request, ct))
        {
            foreach (var row in await reader.ReadAsync(account.Id, contactIds, withTags, ct))
            {
                csv.Write(columns.Select(column => column.Cell(row)));
                rows++;
            }

            await responseStream.WriteAsync(Part(csv, text, rows), ct);
        }

        if (rows == 0)
        {
            await responseStream.WriteAsync(Part(csv, text, rows), ct);
        }
    }

    private async IAsyncEnumerable<int[]> MatchesAsync(ExportContactsRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        var everyone = new FilterSource { Filter = new Filter { Everyone = new EveryoneClause() } };
        var matches = new StreamMatchesRequest { Account = request.Account, Source = request.Source ?? everyone };
        using var call = segments.StreamMatches(matches, cancellationToken: ct);
        while (await call.ResponseStream.MoveNext(ct))
        {
            var contactIds = MemoryMarshal.Cast<byte, int>(call.ResponseStream.Current.ContactIds.Span).ToArray();
            foreach (var part in contactIds.Chunk(ContactsPerPart))
            {
                yield return part;
            }
        }
    }

    private static ExportContactsResponse Part(CsvRows csv, StringWriter text, long rows)
    {
        csv.Flush();
        var part = new ExportContactsResponse { Data = ByteString.CopyFrom(text.ToString(), Encoding.UTF8), Rows = rows };
        text.GetStringBuilder().Clear();
        return part;
    }
}
