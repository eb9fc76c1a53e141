using Crm.Workflows.V1;
using Grpc.Core;

namespace TagSegments.Workflows.PersonExports;

/// <summary>Serves what the service has about a person.</summary>
internal sealed class PersonExportApi(AccountDirectory accounts, PageTokens pages, AccountDatabase database) : WorkflowService.WorkflowServiceBase
{
    private readonly PersonRecords _records = new(database,
    [
        new("workflow_runs", """
            SELECT to_jsonb(r) - 'account_id' || jsonb_build_object('workflow', w.name)
            FROM workflows.run r
            LEFT JOIN workflows.workflow w USING (account_id, workflow_id)
            WHERE r.account_id = @accountId AND r.contact_id = ANY (@contactIds)
            ORDER BY r.run_id
            """),
        new("workflow_steps", """
            SELECT to_jsonb(s) - 'account_id'
            FROM workflows.run r
            JOIN workflows.step s USING (account_id, run_id)
            WHERE r.account_id = @accountId AND r.contact_id = ANY (@contactIds)
            ORDER BY s.run_id, s.step, s.attempt
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
