using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Definitions;

/// <summary>This part keeps and checks the expectations of segments.</summary>
internal sealed partial class SegmentApi
{
    private const int MaxExpected = 1_000;

    public override async Task<SetSegmentExpectationsResponse> SetSegmentExpectations(
        SetSegmentExpectationsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var wanted = request.Expectations ?? new SegmentExpectations();
        new FieldChecks()
            .Require(wanted.MustInclude.Count <= MaxExpected, "expectations.must_include", $"has more than {MaxExpected} numbers")
            .Require(wanted.MustExclude.Count <= MaxExpected, "expectations.must_exclude", $"has more than {MaxExpected} numbers")
            .Require(!wanted.MustInclude.Intersect(wanted.MustExclude).Any(), "expectations.must_exclude", "names a contact that must be included")
            .ThrowIfAny();

        return await definitions.SetExpectationsAsync(account, request, context);
    }

    public override async Task<CheckSegmentExpectationsResponse> CheckSegmentExpectations(
        CheckSegmentExpectationsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        // The filter itself is evaluated for no contact, so a filter that cannot be evaluated is refused even without expectations.
        await using var evaluation = await evaluator.OpenAsync(
            account,
            new EvaluationRequest(new RequestedFilter(request.Source)) { Candidates = [], WithExpectations = true },
            asOf: null,
            context.CancellationToken);
        return await SegmentExpectationChecks.CheckAsync(evaluation, context.CancellationToken);
    }
}
