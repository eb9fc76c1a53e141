using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Tagging.Assignments.Reads;
using TagSegments.Tags.Tagging.Assignments.Writes;
using TagSegments.Tags.Tagging.Library;

namespace TagSegments.Tags.Tagging.Assignments;

/// <summary>Serves the tags of single contacts.</summary>
internal sealed class AssignmentApi(
    AccountDirectory accounts, TagStore tags, AssignmentWriter writer, NewTagWrites newTags, ContactTagsReader reader, TimeProvider time)
    : TagService.TagServiceBase
{
    private const int MaxContacts = 1_000;

    public override async Task<AddTagsResponse> AddTags(AddTagsRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var key = RequestKey.Of(request, context);
        var refs = TagRefs.Read(request.TagIds, request.TagNames);
        CheckExpiry(request);
        var cause = ChangeCause.FromProto(request.Cause, context, request.SkipWorkflows);
        var account = await accounts.GetAsync(request.Account, ct);

        var found = await tags.FindIdsAsync(account.Id, refs.Names, ct);
        if (request.CreateMissing && found.Count < refs.Names.Length)
        {
            return await newTags.CreateAndAddAsync(account, request, refs, cause, context);
        }

        var change = new PendingChange(
            request.ContactId, refs.With(found), on: true, cause, key, request.ExpireTime?.ToDateTime());
        var outcome = await writer.CommitAsync(account.Id, change, ct);
        return new AddTagsResponse { AddedTagIds = { outcome.ChangedTagIds }, ConsistencyToken = outcome.ConsistencyToken };
    }

    public override async Task<RemoveTagsResponse> RemoveTags(RemoveTagsRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var key = RequestKey.Of(request, context);
        var refs = TagRefs.Read(request.TagIds, request.TagNames);
        var cause = ChangeCause.FromProto(request.Cause, context, request.SkipWorkflows);
        var account = await accounts.GetAsync(request.Account, ct);

        var tagIds = refs.With(await tags.FindIdsAsync(account.Id, refs.Names, ct));
        var change = new PendingChange(request.ContactId, tagIds, on: false, cause, key);
        var outcome = await writer.CommitAsync(account.Id, change, ct);
        return new RemoveTagsResponse { RemovedTagIds = { outcome.ChangedTagIds }, ConsistencyToken = outcome.ConsistencyToken };
    }

    public override async Task<BatchGetContactTagsResponse> BatchGetContactTags(BatchGetContactTagsRequest request, ServerCallContext context)
    {
        new FieldChecks()
            .Require(request.ContactIds.Count <= MaxContacts, "contact_ids", "has more than 1,000 entries")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        var contacts = await reader.ReadAsync(account.Id, request.ContactIds, context.CancellationToken);
        return new BatchGetContactTagsResponse { Contacts = { contacts } };
    }

    private void CheckExpiry(AddTagsRequest request) => new FieldChecks()
        .RequireTime(request.ExpireTime, "expire_time")
        .Require(request.ExpireTime is null || request.ExpireTime > Timestamp.FromDateTimeOffset(time.GetUtcNow()), "expire_time", "is not in the future")
        .Require(request.ExpireTime is null || !request.CreateMissing, "expire_time", "cannot be combined with create_missing")
        .ThrowIfAny();
}
