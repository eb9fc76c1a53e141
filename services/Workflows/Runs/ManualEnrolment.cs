using System.Runtime.InteropServices;
using Crm.Common.V1;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Workflows.Enrolment;

namespace TagSegments.Workflows.Runs;

/// <summary>Enrols contacts on request: contacts that existed before the workflow, or any others.</summary>
internal sealed class ManualEnrolment(SegmentService.SegmentServiceClient segments, Enroller enroller, TimeProvider time)
{
    // Enrolments of an account run one after another, so events wait for at most this many.
    private const int MostTogether = 2_000;

    /// <summary>Asks the segment service which contacts a request means.</summary>
    public async Task<int[]> FindContactsAsync(AccountInfo account, Workflow workflow, EnrolContactsRequest request, CancellationToken ct)
    {
        if (workflow.State is not Workflow.Types.State.Published)
        {
            throw NotPublished(workflow);
        }

        var contactIds = new List<int>();
        var source = request.Source ?? HoldersOf(workflow.Definition);
        using var stream = segments.StreamMatches(new() { Account = account.Name, Source = source }, cancellationToken: ct);
        while (await stream.ResponseStream.MoveNext(ct))
        {
            contactIds.AddRange(MemoryMarshal.Cast<byte, int>(stream.ResponseStream.Current.ContactIds.Span));
        }

        return request.ExcludeContactIds.Count == 0 ? [.. contactIds] : [.. contactIds.Except(request.ExcludeContactIds)];
    }

    /// <summary>Enrols contacts; a dry run only counts how many it would enrol.</summary>
    public async Task<EnrolContactsResponse> RunAsync(
        AccountInfo account, Workflow workflow, EnrolContactsRequest request, int[] contactIds, CancellationToken ct)
    {
        var response = new EnrolContactsResponse { Matching = contactIds.Length };
        foreach (var ids in contactIds.Chunk(MostTogether))
        {
            var counts = await enroller.EnrolAsync(
                account.Id, Guid.Parse(workflow.WorkflowId), [.. ids.Select(id => Event(request, id))], ct, request.DryRun);
            response.Enrolled += counts?.Started ?? throw NotPublished(workflow);
            response.Declined += counts.Declined;
        }

        return response;
    }

    /// <summary>Whether the re-entry rule of a definition would let the contact start now: <c>starts</c>, or why not.</summary>
    public async Task<string> EntryAsync(int accountId, Guid workflowId, Definition definition, int contactId, CancellationToken ct)
    {
        var entrance = new Entrance(workflowId, 0, definition.Reentry, "");
        var (state, reason) = await enroller.DecideAsync(accountId, entrance, new FeedEvent("", contactId, default), ct);
        return state is Run.Types.State.Running ? "starts" : reason;
    }

    private FeedEvent Event(EnrolContactsRequest request, int contactId) =>
        new($"enrol/{request.RequestId}/{contactId}", contactId, time.GetUtcNow().UtcDateTime)
        {
            Cause = new Cause { Kind = Cause.Types.Kind.Bulk, Id = request.RequestId },
        };

    private static FilterSource HoldersOf(Definition definition)
    {
        var clauses = definition.Triggers
            .Where(trigger => trigger.Tag is { Change: not TagTrigger.Types.Change.Removed })
            .Select(trigger => new TagClause { Match = TagClause.Types.Match.Any, TagIds = { trigger.Tag.TagIds }, NamePrefix = trigger.Tag.NamePrefix })
            .Select(clause => new Filter { Tag = clause })
            .ToList();
        return clauses.Count > 0
            ? new FilterSource { Filter = new Filter { AnyOf = new FilterGroup { Filters = { clauses } } } }
            : throw RpcErrors.InvalidField("source", "is required: no tag starts the workflow");
    }

    private static RpcException NotPublished(Workflow workflow) => RpcErrors.Create(
        StatusCode.FailedPrecondition,
        ErrorReason.WrongState,
        "The workflow is not published.",
        ("resource", "workflow"),
        ("id", workflow.WorkflowId),
        ("state", workflow.State.ToString()));
}
