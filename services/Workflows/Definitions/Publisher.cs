using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;
using TagSegments.Workflows.Enrolment;

namespace TagSegments.Workflows.Definitions;

/// <summary>Publishes workflows and takes them back.</summary>
internal sealed class Publisher(
    IdempotentWrites writes, WorkflowStore workflows, DraftReader drafts, LoopFinder loops, Feeds feeds, SegmentWatch segments, Enroller enroller)
{
    public async Task<PublishWorkflowResponse> PublishAsync(AccountInfo account, Guid id, PublishWorkflowRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var workflow = await workflows.FindAsync(account.Id, id, "", ct) ?? throw RpcErrors.NotFound("workflow", request.WorkflowId);
        await drafts.RequireReferencesAsync(account, workflow.Definition, ct);
        foreach (var segment in workflow.Definition.Triggers.Select(trigger => trigger.SegmentEntered).OfType<SegmentTrigger>())
        {
            // Who is in it now has not come in later.
            await segments.LookAsync(account, Guid.Parse(segment.SegmentId), ct);
        }

        var search = await loops.PrepareAsync(account, workflow, ct);
        var positions = await workflows.HasCursorsAsync(account.Id, ct) ? new Dictionary<Feed, string>() : await feeds.PresentAsync(account.Name, ct);

        return await writes.RunAsync(account, context, request, tx => PublishStore.PublishAsync(
            tx, account, new Draft(id, request.Revision, request.AcceptLoops, search), positions, context.Principal(), ct));
    }

    public Task<UnpublishWorkflowResponse> UnpublishAsync(AccountInfo account, Guid id, UnpublishWorkflowRequest request, ServerCallContext context) =>
        writes.RunAsync(account, context, request, async tx =>
        {
            if (request.CancelRuns)
            {
                await enroller.WorkOffAllAsync(tx, account.Id, id, context.CancellationToken);
            }

            return await PublishStore.UnpublishAsync(tx, account, id, request.CancelRuns, context.CancellationToken);
        });
}
