using Crm.Errors.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.ClientFactory;
using TagSegments.ServiceDefaults;

namespace TagSegments.Tags.Governance;

/// <summary>Finds what uses tags by asking the services that keep such things.</summary>
internal sealed class TagUsages(GrpcClientFactory clients)
{
    /// <summary>Finds the users of a tag.</summary>
    public async Task<List<TagUsage>> FindAsync(string account, int tagId, CancellationToken ct) =>
        [.. (await FindAllAsync(account, ct))[tagId]];

    /// <summary>Finds the users of every tag.</summary>
    public async Task<ILookup<int, TagUsage>> FindAllAsync(string account, CancellationToken ct)
    {
        var segments = clients.CreateClient<SegmentService.SegmentServiceClient>(nameof(SegmentService.SegmentServiceClient));
        var usages = new List<(int TagId, TagUsage Usage)>();
        var request = new ListSegmentsRequest { Account = account, PageSize = 1_000 };
        do
        {
            var page = await segments.ListSegmentsAsync(request, cancellationToken: ct);
            foreach (var segment in page.Segments)
            {
                var usage = new TagUsage { Resource = "segment", Id = segment.SegmentId, Name = segment.Name };
                usages.AddRange(TagsIn(segment.Filter).Distinct().Select(tagId => (tagId, usage)));
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return usages.ToLookup(entry => entry.TagId, entry => entry.Usage);
    }

    /// <summary>Throws FAILED_PRECONDITION with reason IN_USE if anything uses the tag.</summary>
    public async Task RequireUnusedAsync(string account, int tagId, CancellationToken ct)
    {
        var usages = await FindAsync(account, tagId, ct);
        if (usages.Count > 0)
        {
            throw RpcErrors.Create(
                StatusCode.FailedPrecondition,
                ErrorReason.InUse,
                $"The tag is used by {usages.Count} other things. Send force to do it all the same.",
                ("resource", "tag"),
                ("id", tagId.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                ("used_by", string.Join(", ", usages.Select(usage => $"{usage.Resource}:{usage.Name}"))));
        }
    }

    // Every message inside a filter, however it is nested: a new kind of group needs no change here.
    private static IEnumerable<int> TagsIn(IMessage? message) => message switch
    {
        null => [],
        TagClause clause => clause.TagIds,
        TagAddedClause clause => [clause.TagId],
        _ => message.Descriptor.Fields.InFieldNumberOrder()
            .Where(field => field.FieldType == FieldType.Message && !field.IsMap)
            .SelectMany(field => field.IsRepeated
                ? ((System.Collections.IList)field.Accessor.GetValue(message)).Cast<IMessage>()
                : [(IMessage)field.Accessor.GetValue(message)])
            .SelectMany(TagsIn),
    };
}
