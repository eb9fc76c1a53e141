using System.Runtime.InteropServices;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults.Pipeline.Streams;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Exports;

/// <summary>Serves exports: the segment service selects the contacts in one snapshot; they are read and written a thousand at a time.</summary>
internal sealed class ExportApi(
    AccountDirectory accounts, FieldStore fields, ExportReader reader, SegmentService.SegmentServiceClient segments, BackgroundTurns turns)
    : ExportService.ExportServiceBase
{
    private const int ContactsPerPart = 1_000;

    // Long texts make more parts.
    private const int PartCharacters = 256 * 1024;

    public override async Task ExportContacts(
        ExportContactsRequest request, IServerStreamWriter<ExportContactsResponse> responseStream, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var known = await fields.ListAsync(account.Id, ct);
        var columns = ExportColumn.Choose(request.Columns, [.. known.Where(field => field.Target == Field.Types.Target.Contact)]);
        var withTags = columns.Any(column => column.Header == ExportColumn.Tags);

        using var file = ExportFile.Begin(request.Format, columns, request.Raw);
        var contacts = await MatchesAsync(request, ct);
        context.KeepInMemory(contacts.Bytes);
        var (rows, after) = (0L, 0);
        do
        {
            var contactIds = contacts.Next(after, ContactsPerPart);
            foreach (var row in await ReadAsync(account, contactIds, withTags, ct))
            {
                file.Write(row);
                rows++;
                if (file.Length >= PartCharacters)
                {
                    await responseStream.WriteAsync(new() { Data = file.Take(), Rows = rows }, ct);
                }
            }

            await responseStream.WriteAsync(new() { Data = file.Take(), Rows = rows }, ct);
            after = contactIds.LastOrDefault(int.MaxValue);
        }
        while (after < contacts.Last);
    }

    private Task<IEnumerable<ExportRow>> ReadAsync(AccountInfo account, int[] contactIds, bool withTags, CancellationToken ct) =>
        turns.RunAsync(account, () => reader.ReadAsync(account.Id, contactIds, withTags, ct), ct);

    // All numbers are read at once, as bits: the segment service does not wait for the reader of the file.
    private async Task<Bitmap> MatchesAsync(ExportContactsRequest request, CancellationToken ct)
    {
        var everyone = new FilterSource { Filter = new Filter { Everyone = new EveryoneClause() } };
        var matches = new StreamMatchesRequest { Account = request.Account, Source = request.Source ?? everyone };
        using var call = segments.StreamMatches(matches, cancellationToken: ct);
        var contacts = new BitmapEditor(Bitmap.Empty);
        while (await call.ResponseStream.MoveNext(ct))
        {
            foreach (var contactId in MemoryMarshal.Cast<byte, int>(call.ResponseStream.Current.ContactIds.Span))
            {
                contacts.Add(contactId);
            }
        }

        return contacts.ToBitmap();
    }
}
