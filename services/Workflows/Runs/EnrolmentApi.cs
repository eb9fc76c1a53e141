using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Runs;

/// <summary>The call that enrols contacts by hand.</summary>
internal sealed class EnrolmentApi(
    AccountDirectory accounts, IdempotentWrites writes, WorkflowStore workflows, ManualEnrolment enrolment, DueWatch due)
    : WorkflowService.WorkflowServiceBase
{
    private const int MaxExcluded = 10_000;

    public override async Task<EnrolContactsResponse> EnrolContacts(EnrolContactsRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        var id = Uuid.Read(request.WorkflowId, "workflow_id");
        new FieldChecks()
            .Require(request.DryRun || request.RequestId.Length > 0, "request_id", "is required")
            .Require(request.ExcludeContactIds.Count <= MaxExcluded, "exclude_contact_ids", $"has more than {MaxExcluded} numbers")
            .ThrowIfAny();
        var workflow = await workflows.FindAsync(account.Id, id, "", ct) ?? throw RpcErrors.NotFound("workflow", request.WorkflowId);

        if (await writes.FindAnswerAsync<EnrolContactsResponse>(account, context, request) is { } answer)
        {
            return answer;
        }

        // The segment service is asked before the request id is locked.
        var contactIds = await enrolment.FindContactsAsync(account, workflow, request, ct);
        var response = await writes.RunAsync(account, context, request, _ =>
            enrolment.RunAsync(account, workflow, request, contactIds, ct));
        due.Wake(account);
        return response;
    }
}
