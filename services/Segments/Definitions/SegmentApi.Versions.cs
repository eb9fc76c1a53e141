using System.Globalization;
using Crm.Segments.V1;
using Grpc.Core;

namespace TagSegments.Segments.Definitions;

/// <summary>This part is about the versions of segments.</summary>
internal sealed partial class SegmentApi
{
    public override async Task<ListSegmentVersionsResponse> ListSegmentVersions(ListSegmentVersionsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var size = PageSize.Read(request.PageSize);
        RequireKey(request.KeyCase != ListSegmentVersionsRequest.KeyOneofCase.None);
        var before = tokens.Pages.Read(request) is { } position ? int.Parse(position, CultureInfo.InvariantCulture) : int.MaxValue;

        var (found, hasMore) = await versions.ListAsync(account, request.SegmentId, request.Name, before, size, context.CancellationToken);

        var response = new ListSegmentVersionsResponse { Versions = { found } };
        if (hasMore)
        {
            response.NextPageToken = tokens.Pages.Create(request, found[^1].Version.ToString(CultureInfo.InvariantCulture));
        }

        return response;
    }

    public override async Task<GetSegmentVersionResponse> GetSegmentVersion(GetSegmentVersionRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        var version = await versions.GetAsync(account, request.SegmentId, name: "", request.Version, context.CancellationToken);

        return new GetSegmentVersionResponse { Version = version };
    }

    public override async Task<DiffSegmentVersionsResponse> DiffSegmentVersions(DiffSegmentVersionsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        RequireKey(request.KeyCase != DiffSegmentVersionsRequest.KeyOneofCase.None);
        new FieldChecks()
            .Require(request.FromVersion >= 0, "from_version", "is negative")
            .Require(request.ToVersion >= 0, "to_version", "is negative")
            .ThrowIfAny();

        return new DiffSegmentVersionsResponse { Lines = { await versions.DiffAsync(account, request, context.CancellationToken) } };
    }

    public override async Task<PreviewSegmentChangeResponse> PreviewSegmentChange(PreviewSegmentChangeRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var size = PageSize.Read(request.PageSize, MaxMatchesPage);
        RequireKey(request.KeyCase != PreviewSegmentChangeRequest.KeyOneofCase.None);
        new FieldChecks()
            .Require(request.ChangeCase != PreviewSegmentChangeRequest.ChangeOneofCase.None, "filter", "is required, or text or version instead")
            .ThrowIfAny();
        var after = tokens.Pages.Read(request) is { } position ? int.Parse(position, CultureInfo.InvariantCulture) : 0;

        var older = request.ChangeCase == PreviewSegmentChangeRequest.ChangeOneofCase.Version
            ? await versions.GetAsync(account, request.SegmentId, request.Name, request.Version, context.CancellationToken)
            : null;
        var bytes = request.CalculateSize() + (older?.CalculateSize() ?? 0);
        var change = await evaluator.ReadAsync(
            account, bytes, state => SegmentChangePreview.Request(request, older, state), context.CancellationToken);
        var evaluated = await evaluator.EvaluateAsync(account, change, asOf: null, context.CancellationToken);
        var (response, last) = SegmentChangePreview.Compare(request, evaluated, after, size);

        if (last is { } contactId)
        {
            response.NextPageToken = tokens.Pages.Create(request, contactId.ToString(CultureInfo.InvariantCulture));
        }

        return response;
    }

    public override async Task<RestoreSegmentVersionResponse> RestoreSegmentVersion(RestoreSegmentVersionRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        new FieldChecks()
            .Require(request.RestoreVersion > 0, "restore_version", "is required")
            .Require(request.Version >= 0, "version", "is negative")
            .ThrowIfAny();

        return await definitions.RestoreAsync(account, request, context);
    }
}
