using Crm.Workflows.V1;
using Grpc.Core;

namespace TagSegments.Workflows.PersonExports;

/// <summary>Serves what the service has about a person.</summary>
internal sealed class PersonExportApi(AccountDirectory accounts, PageTokens pages, AccountDatabase database) : WorkflowService.WorkflowServiceBase
{
    // Contact by contact: an account may have no statistics yet.
    internal const string RunsSql = """
        SELECT to_jsonb(r) - 'account_id' || jsonb_build_object('workflow', w.name)
        FROM (SELECT DISTINCT @accountId AS account_id, unnest(@contactIds) AS contact_id OFFSET 0) AS asked
        CROSS JOIN LATERAL (
            SELECT * FROM workflows.run WHERE account_id = asked.account_id AND contact_id = asked.contact_id OFFSET 0) AS r
        LEFT JOIN workflows.workflow w ON w.account_id = r.account_id AND w.workflow_id = r.workflow_id
        ORDER BY r.run_id
        """;

    internal const string StepsSql = """
        SELECT to_jsonb(s) - 'account_id'
        FROM (SELECT DISTINCT @accountId AS account_id, unnest(@contactIds) AS contact_id OFFSET 0) AS asked
        CROSS JOIN LATERAL (
            SELECT account_id, run_id FROM workflows.run WHERE account_id = asked.account_id AND contact_id = asked.contact_id OFFSET 0) AS r
        CROSS JOIN LATERAL (
            SELECT * FROM workflows.step WHERE account_id = r.account_id AND run_id = r.run_id OFFSET 0) AS s
        ORDER BY s.run_id, s.step, s.attempt
        """;

    private readonly PersonRecords _records = new(database, [new("workflow_runs", RunsSql), new("workflow_steps", StepsSql)]);

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
