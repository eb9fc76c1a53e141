using System.Globalization;
using System.Text.Json;
using Crm.Segments.V1;
using Grpc.Core;
using Target = Crm.Segments.V1.ListUsagesRequest.TargetOneofCase;

namespace TagSegments.Segments.Definitions;

/// <summary>This part reports which things refer to which.</summary>
internal sealed partial class SegmentApi
{
    public override async Task<ListUsagesResponse> ListUsages(ListUsagesRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var size = PageSize.Read(request.PageSize);
        var (kind, target) = Read(request);
        (string Resource, string Name)? after = tokens.Pages.Read(request) is { } position && JsonSerializer.Deserialize<string[]>(position) is [var resource, var name]
            ? (resource, name)
            : null;

        var found = await definitions.ListUsagesAsync(account, kind, target, after, size + 1, context.CancellationToken);

        var response = new ListUsagesResponse { Usages = { found.Take(size) } };
        if (found.Count > size)
        {
            response.NextPageToken = tokens.Pages.Create(request, JsonSerializer.Serialize(new[] { found[size - 1].Resource, found[size - 1].Name }));
        }

        return response;
    }

    private static (string Kind, string Target) Read(ListUsagesRequest request) => request.TargetCase switch
    {
        Target.TagId => ("tag", request.TagId.ToString(CultureInfo.InvariantCulture)),
        Target.FieldId => ("field", request.FieldId.ToString(CultureInfo.InvariantCulture)),
        Target.CampaignId => ("campaign", request.CampaignId),
        Target.SegmentId => ("segment", request.SegmentId),
        Target.SmartListId => ("smart_list", request.SmartListId),
        _ => throw RpcErrors.InvalidField("tag_id", "is required, or field_id, campaign_id, segment_id or smart_list_id instead"),
    };
}
