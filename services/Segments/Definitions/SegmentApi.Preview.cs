using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Preview;

namespace TagSegments.Segments.Definitions;

/// <summary>This part previews filters.</summary>
internal sealed partial class SegmentApi
{
    private const int DefaultSample = 10;
    private const int MaxSample = 100;
    private const int DefaultFacets = 100;
    private const int MaxFacets = 10_000;
    private const int MinOverlap = 2;
    private const int MaxOverlap = 10;

    public override async Task<PreviewSegmentResponse> PreviewSegment(PreviewSegmentRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var sampleSize = request.HasSampleSize ? request.SampleSize : DefaultSample;
        new FieldChecks()
            .Require(sampleSize is >= 0 and <= MaxSample, "sample_size", $"must be 0 to {MaxSample}")
            .Require(request.Include.Count <= MaxSources, "include", $"has more than {MaxSources} filters")
            .Require(request.Exclude.Count <= MaxSources, "exclude", $"has more than {MaxSources} filters")
            .ThrowIfAny();
        await tokens.RequireAsync(account.Id, request.AtLeast, context.CancellationToken);

        var parts = new PreviewParts(sampleSize, !request.WithoutReach, !request.WithoutFunnel);
        await using var evaluation = await evaluator.OpenAsync(
            account,
            new EvaluationRequest(new RequestedFilter(request.Source) { Include = request.Include, Exclude = request.Exclude }) { NodeByNode = parts.Funnel },
            request.AsOf,
            context.CancellationToken);
        return await Previewer.PreviewAsync(evaluation, parts, context.CancellationToken);
    }

    public override async Task<GetTagFacetsResponse> GetTagFacets(GetTagFacetsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        new FieldChecks().Require(request.Limit is >= 0 and <= MaxFacets, "limit", $"must be 0 to {MaxFacets:N0}").ThrowIfAny();
        await tokens.RequireAsync(account.Id, request.AtLeast, context.CancellationToken);

        var evaluated = await evaluator.EvaluateAsync(
            account,
            new EvaluationRequest(new RequestedFilter(request.Source)) { CountedTags = request.NamePrefix },
            request.AsOf,
            context.CancellationToken);
        var (count, facets) = TagFacets.Count(evaluated[0], request.NamePrefix);

        return new GetTagFacetsResponse
        {
            Count = count,
            Facets = { facets.Take(request.Limit == 0 ? DefaultFacets : request.Limit) },
            TagCount = facets.Count,
            EvaluationTime = evaluated[0].Now.ToTimestamp(),
            ErasedContacts = evaluated[0].State.ErasedContacts,
        };
    }

    public override async Task<GetSegmentOverlapResponse> GetSegmentOverlap(GetSegmentOverlapRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        new FieldChecks()
            .Require(request.Sources.Count is >= MinOverlap and <= MaxOverlap, "sources", $"must be {MinOverlap} to {MaxOverlap}")
            .ThrowIfAny();
        await tokens.RequireAsync(account.Id, request.AtLeast, context.CancellationToken);

        IEnumerable<RequestedFilter> filters = request.Sources.Select((source, i) => new RequestedFilter(source, $"sources[{i}]"));
        await using var evaluation = await evaluator.OpenAsync(
            account, new EvaluationRequest([.. filters]), request.AsOf, context.CancellationToken);
        return new Overlap(evaluation.Matches, evaluation.Moment.Today.Catalog).Measure();
    }
}
