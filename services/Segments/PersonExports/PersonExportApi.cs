using Crm.Segments.V1;
using Grpc.Core;

namespace TagSegments.Segments.PersonExports;

/// <summary>Serves what the service has about a person.</summary>
internal sealed class PersonExportApi(AccountDirectory accounts, PageTokens pages, AccountDatabase database) : SegmentService.SegmentServiceBase
{
    private readonly PersonRecords _records = new(database,
    [
        new("segment_expectations", """
            SELECT jsonb_build_object('segment', name, 'contact_id', c, 'must_be_in', c = ANY (must_include))
            FROM segments.segment
            CROSS JOIN unnest(@contactIds) AS c
            WHERE account_id = @accountId AND (c = ANY (must_include) OR c = ANY (must_exclude))
            ORDER BY c, name
            """),
    ]);

    public override async Task<ExportContactDataResponse> ExportContactData(ExportContactDataRequest request, ServerCallContext context)
    {
        var person = new PersonKeys([.. request.ContactIds], [.. request.Emails], [.. request.Phones]);
        person.Check();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var page = await _records.ReadAsync(account.Id, person, pages.Read(request), context.CancellationToken);
        return new ExportContactDataResponse
        {
            Kind = page.Kind,
            Records = { page.Records },
            NextPageToken = page.Next is null ? "" : pages.Create(request, page.Next),
        };
    }
}
