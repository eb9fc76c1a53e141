using Crm.Common.V1;
using Crm.Tags.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Assignments;

/// <summary>The calls about the tags of contacts.</summary>
internal sealed class AssignmentCalls(
    AccountDirectory accounts, SingleWrites singles, BulkWrites bulk, ContactTagsReader reader, TimeProvider time)
{
    public async Task<AddTagsResponse> AddAsync(AddTagsRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        Idempotency.CheckLength(request.RequestId);
        var refs = TagRefs.Read(request.TagIds, request.TagNames);
        CheckExpiry(request);
        var cause = ChangeCause.FromProto(request.Cause, context.Principal(), request.SkipWorkflows);
        var account = await accounts.GetAsync(request.Account, ct);

        var found = await singles.FindAsync(account, refs, ct);
        if (request.CreateMissing && found.Count < refs.Names.Length)
        {
            return await singles.CreateAndAddAsync(account, request, refs, cause, context);
        }

        var change = new PendingChange(
            request.ContactId, refs.With(found), on: true, cause, Key(request, request.RequestId, context), request.ExpireTime?.ToDateTime());
        var outcome = await singles.CommitAsync(account, change, ct);
        return new AddTagsResponse { AddedTagIds = { outcome.ChangedTagIds }, ConsistencyToken = outcome.ConsistencyToken };
    }

    public async Task<RemoveTagsResponse> RemoveAsync(RemoveTagsRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        Idempotency.CheckLength(request.RequestId);
        var refs = TagRefs.Read(request.TagIds, request.TagNames);
        var cause = ChangeCause.FromProto(request.Cause, context.Principal(), request.SkipWorkflows);
        var account = await accounts.GetAsync(request.Account, ct);

        var tagIds = refs.With(await singles.FindAsync(account, refs, ct));
        var change = new PendingChange(request.ContactId, tagIds, on: false, cause, Key(request, request.RequestId, context));
        var outcome = await singles.CommitAsync(account, change, ct);
        return new RemoveTagsResponse { RemovedTagIds = { outcome.ChangedTagIds }, ConsistencyToken = outcome.ConsistencyToken };
    }

    public async Task<BatchGetContactTagsResponse> BatchGetAsync(BatchGetContactTagsRequest request, ServerCallContext context)
    {
        new FieldChecks()
            .Require(request.ContactIds.Count <= 1_000, "contact_ids", "has more than 1,000 entries")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        var contacts = await reader.ReadAsync(account.Id, request.ContactIds, context.CancellationToken);
        return new BatchGetContactTagsResponse { Contacts = { contacts } };
    }

    public async Task<BulkTagResponse> BulkAsync(BulkTagRequest request, ServerCallContext context)
    {
        Idempotency.CheckLength(request.RequestId);
        BulkWrites.Check(request);
        var cause = ChangeCause.FromProto(request.Cause, context.Principal(), request.SkipWorkflows, Cause.Types.Kind.Bulk);
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await bulk.RunAsync(account, request, cause, context);
    }

    private void CheckExpiry(AddTagsRequest request) => new FieldChecks()
        .RequireTime(request.ExpireTime, "expire_time")
        .Require(request.ExpireTime is null || request.ExpireTime > Timestamp.FromDateTimeOffset(time.GetUtcNow()), "expire_time", "is not in the future")
        .Require(request.ExpireTime is null || !request.CreateMissing, "expire_time", "cannot be combined with create_missing")
        .ThrowIfAny();

    private static RequestKey? Key(IMessage request, string requestId, ServerCallContext context) => requestId.Length == 0
        ? null
        : new(context.Principal(), context.Method, requestId, Idempotency.PayloadHash(request));
}
