using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;
using TagSegments.ServiceDefaults;

namespace TagSegments.Segments.Definitions;

/// <summary>Tells what a new filter of a segment would change, from one state at one <c>now</c>.</summary>
internal sealed class SegmentChangePreview(Evaluator evaluator, SegmentVersions versions)
{
    /// <summary>
    /// Compares who is in the segment with who would be. At most <paramref name="limit"/> contacts behind a number are named; if there are
    /// more, the last of them is returned.
    /// </summary>
    public async Task<(PreviewSegmentChangeResponse Response, int? Last)> PreviewAsync(
        AccountInfo account, PreviewSegmentChangeRequest request, int after, int limit, CancellationToken ct)
    {
        // A version never changes, so it may be read before the state that it is evaluated in.
        var older = request.ChangeCase == PreviewSegmentChangeRequest.ChangeOneofCase.Version
            ? await versions.GetAsync(account, request.SegmentId, request.Name, request.Version, ct)
            : null;
        return await evaluator.WithinAsync(
            account.Id,
            state => Questions(request, older, state),
            (_, evaluations) => Task.FromResult(Compare(request, evaluations, after, limit)),
            ct);
    }

    // The new filter, then the segment as it is, unless that cannot be evaluated.
    private static IReadOnlyList<Question> Questions(PreviewSegmentChangeRequest request, SegmentVersion? older, AccountState state)
    {
        var segment = Find(request, state);
        var filter = older is null ? FilterReader.ReadForSaving(request.Filter, request.Text, state) : older.Filter;
        FilterReader.RequireUsable(filter, state);
        SegmentGraph.Of(state).RequireAcyclic(segment.SegmentId, FilterReferences.Of(filter).SegmentIds);
        return FilterReader.Problems(segment.Filter, state).Count > 0
            ? [new Question(filter)]
            : [new Question(filter), new Question(new Filter { Segment = new SegmentClause { SegmentId = segment.SegmentId } })];
    }

    private static (PreviewSegmentChangeResponse Response, int? Last) Compare(
        PreviewSegmentChangeRequest request, IReadOnlyList<Evaluation.Evaluation> evaluations, int after, int limit)
    {
        var changed = evaluations[0];
        var state = changed.State;
        var segment = Find(request, state);
        var response = new PreviewSegmentChangeResponse
        {
            Version = segment.Version,
            Text = FilterPrinter.Print(changed.Filter, state.Catalog),
            Diff = { FilterDiff.Between(segment.Filter, changed.Filter, state.Catalog) },
            CountAfter = changed.Count(),
            Violations = { SegmentExpectationChecks.Violations(segment, changed) },
            Dependants = { Dependants(segment, state) },
            EvaluationTime = changed.Now.ToTimestamp(),
        };
        if (evaluations is not [_, var current])
        {
            return (response, null);
        }

        response.CountBefore = current.Count();
        return (response, AddMoves(response, changed.Except(current), current.Except(changed), after, limit));
    }

    private static int? AddMoves(
        PreviewSegmentChangeResponse response, Evaluation.Evaluation joining, Evaluation.Evaluation leaving, int after, int limit)
    {
        (response.Joining, response.Leaving) = (joining.Count(), leaving.Count());
        int[] moves = [.. joining.Page(after, limit + 1).Concat(leaving.Page(after, limit + 1)).Order()];
        var page = moves[..Math.Min(limit, moves.Length)];
        response.JoiningContactIds.Add(joining.Match(page));
        response.LeavingContactIds.Add(leaving.Match(page));
        return moves.Length > limit ? page[^1] : null;
    }

    private static SegmentDefinition Find(PreviewSegmentChangeRequest request, AccountState state)
    {
        var id = SegmentVersions.IdOf(request.SegmentId, request.Name, state).ToString();
        return state.Definitions.GetValueOrDefault(id) ?? throw RpcErrors.NotFound("segment", id);
    }

    private static IEnumerable<SegmentVersion> Dependants(SegmentDefinition segment, AccountState state) =>
        SegmentGraph.Of(state).Above(segment.SegmentId)
            .Select(segmentId => state.Definitions[segmentId])
            .OrderBy(above => above.Name, StringComparer.Ordinal)
            .Select(above => new SegmentVersion { SegmentId = above.SegmentId, Version = above.Version, Name = above.Name });
}
