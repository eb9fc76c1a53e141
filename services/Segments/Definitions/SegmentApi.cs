using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Definitions.Versions;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Explain;

namespace TagSegments.Segments.Definitions;

/// <summary>The segment service: this part keeps saved segments.</summary>
internal sealed partial class SegmentApi(
    AccountDirectory accounts,
    RequestTokens tokens,
    SegmentDefinitions definitions,
    SegmentVersions versions,
    Evaluator evaluator,
    Explainer explainer)
    : SegmentService.SegmentServiceBase
{
    public override async Task<CreateSegmentResponse> CreateSegment(CreateSegmentRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        new FieldChecks()
            .Require(request.Segment is not null, "segment", "is required")
            .Name(request.Segment?.Name ?? "", "segment.name")
            .Description(request.Segment?.Description ?? "", "segment.description")
            .Require(request.Text.Length > 0 ^ request.Segment?.Filter is not null, "segment.filter", "is required, or text instead")
            .ThrowIfAny();

        return await definitions.CreateAsync(account, request, context);
    }

    public override async Task<GetSegmentResponse> GetSegment(GetSegmentRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        RequireKey(request.KeyCase != GetSegmentRequest.KeyOneofCase.None);

        var segment = request.KeyCase == GetSegmentRequest.KeyOneofCase.Name
            ? await definitions.FindByNameAsync(account, request.Name, context.CancellationToken)
            : await definitions.FindByIdAsync(account, request.SegmentId, context.CancellationToken);

        return new GetSegmentResponse { Segment = segment };
    }

    public override async Task<ListSegmentsResponse> ListSegments(ListSegmentsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var size = PageSize.Read(request.PageSize);
        var after = tokens.Pages.Read(request);

        var (segments, hasMore) = await definitions.ListAsync(account, after, size, context.CancellationToken);

        var response = new ListSegmentsResponse { Segments = { segments } };
        if (hasMore)
        {
            response.NextPageToken = tokens.Pages.Create(request, segments[^1].Name);
        }

        return response;
    }

    public override async Task<UpdateSegmentResponse> UpdateSegment(UpdateSegmentRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var checks = new FieldChecks()
            .Require(request.Version >= 0, "version", "is negative")
            .Require(request.Text.Length == 0 || request.Filter is null, "text", "cannot be sent together with filter");
        if (request.HasName)
        {
            checks.Name(request.Name, "name");
        }

        checks.Description(request.Description, "description").ThrowIfAny();

        return await definitions.UpdateAsync(account, request, context);
    }

    public override async Task<DeleteSegmentResponse> DeleteSegment(DeleteSegmentRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await definitions.DeleteAsync(account, request, context);
    }

    private static void RequireKey(bool isSet) =>
        new FieldChecks().Require(isSet, "segment_id", "is required, or name instead").ThrowIfAny();
}
