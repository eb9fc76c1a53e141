using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Tagging.Assignments;
using TagSegments.Tags.Tagging.Expiry;
using TagSegments.Tags.Tagging.Feed;

namespace TagSegments.Tags.Tagging.Library;

/// <summary>The tag service: the library, the tags of contacts, and what happened to them.</summary>
internal sealed class TagApi(LibraryCalls library, TagList list, AssignmentCalls assignments, ExpiryList expiries, FeedCalls feed)
    : TagService.TagServiceBase
{
    public override Task<CreateTagResponse> CreateTag(CreateTagRequest request, ServerCallContext context) => library.CreateAsync(request, context);

    public override Task<GetTagResponse> GetTag(GetTagRequest request, ServerCallContext context) => library.GetAsync(request, context);

    public override Task<ListTagsResponse> ListTags(ListTagsRequest request, ServerCallContext context) => list.ReadAsync(request, context);

    public override Task<UpdateTagResponse> UpdateTag(UpdateTagRequest request, ServerCallContext context) => library.UpdateAsync(request, context);

    public override Task<DeleteTagResponse> DeleteTag(DeleteTagRequest request, ServerCallContext context) => library.DeleteAsync(request, context);

    public override Task<RestoreTagResponse> RestoreTag(RestoreTagRequest request, ServerCallContext context) =>
        library.RestoreAsync(request, context);

    public override Task<AddTagsResponse> AddTags(AddTagsRequest request, ServerCallContext context) => assignments.AddAsync(request, context);

    public override Task<RemoveTagsResponse> RemoveTags(RemoveTagsRequest request, ServerCallContext context) =>
        assignments.RemoveAsync(request, context);

    public override Task<BatchGetContactTagsResponse> BatchGetContactTags(BatchGetContactTagsRequest request, ServerCallContext context) =>
        assignments.BatchGetAsync(request, context);

    public override Task<ListTagExpiriesResponse> ListTagExpiries(ListTagExpiriesRequest request, ServerCallContext context) =>
        expiries.ReadAsync(request, context);

    public override Task<BulkTagResponse> BulkTag(BulkTagRequest request, ServerCallContext context) => assignments.BulkAsync(request, context);

    public override Task<ListTagEventsResponse> ListTagEvents(ListTagEventsRequest request, ServerCallContext context) =>
        feed.ListAsync(request, context);

    public override Task WatchTagEvents(
        WatchTagEventsRequest request, IServerStreamWriter<WatchTagEventsResponse> responseStream, ServerCallContext context) =>
        feed.WatchAsync(request, responseStream, context);
}
