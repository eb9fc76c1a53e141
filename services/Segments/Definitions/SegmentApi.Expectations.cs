using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;

namespace TagSegments.Segments.Definitions;

/// <summary>This part keeps and checks what is expected of segments.</summary>
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

        return await expectations.CheckAsync(account.Id, state => FilterReader.Read(request.Source, state), context.CancellationToken);
    }
}
