using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Enrolment;

namespace TagSegments.Workflows.Publication;

/// <summary>Publishes workflows.</summary>
internal sealed class Publisher(
    IdempotentWrites writes, WorkflowStore workflows, DraftReader drafts, LoopFinder loops, Feeds feeds, SegmentWatch segments)
{
    public async Task<PublishWorkflowResponse> PublishAsync(AccountInfo account, Guid id, PublishWorkflowRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var workflow = await workflows.FindAsync(account.Id, id, "", ct) ?? throw RpcErrors.NotFound("workflow", request.WorkflowId);
        await drafts.RequireSoundAsync(account, workflow.Definition, ct);
        foreach (var segment in workflow.Definition.Triggers.Select(trigger => trigger.SegmentEntered).OfType<SegmentTrigger>())
        {
            // Contacts that are in it now must not count as entering later.
            await segments.LookAsync(account, Guid.Parse(segment.SegmentId), ct);
        }

        var search = await loops.PrepareAsync(account, workflow, ct);
        var positions = await workflows.HasCursorsAsync(account.Id, ct) ? new Dictionary<Feed, string>() : await feeds.PresentAsync(account.Name, ct);

        return await writes.RunAsync(account, context, request, async tx =>
        {
            var draft = new Draft(id, request.Revision, request.AcceptLoops, search);
            var response = await PublishStore.PublishAsync(tx, account, draft, positions, context.Principal(), ct);
            response.ClockChanges.Add(WaitClockChanges.Of(response.Workflow.Definition, account, NodaTime.SystemClock.Instance.GetCurrentInstant()));
            return response;
        });
    }
}
