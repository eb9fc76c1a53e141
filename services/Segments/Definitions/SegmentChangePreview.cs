using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Segments.Definitions.Versions;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Definitions;

/// <summary>Shows the effect of a new filter of a segment, from one state at one <c>now</c>.</summary>
internal static class SegmentChangePreview
{
    /// <summary>Makes the request for the new filter and for the segment as it is, unless that cannot be evaluated any more.</summary>
    public static EvaluationRequest Request(PreviewSegmentChangeRequest request, SegmentVersion? older, AccountState state)
    {
        var segment = Find(request, state);
        var filter = older?.Filter ?? FilterReader.ReadForSaving(request.Filter, request.Text, state);
        FilterRequirements.RequireUsable(filter, state);
        FilterReader.RequireAcyclic(segment.SegmentId, filter, request.Text, state);
        return new EvaluationRequest(
            new RequestedFilter(new FilterSource { Filter = filter }),
            new RequestedFilter(new FilterSource { SegmentId = segment.SegmentId }) { SkipIfInvalid = true });
    }

    /// <summary>
    /// Compares the present members of the segment with those under the new filter. Names at most <paramref name="limit"/> contacts after a
    /// number; if there are more, also returns the last of them.
    /// </summary>
    public static (PreviewSegmentChangeResponse Response, int? Last) Compare(
        PreviewSegmentChangeRequest request, IReadOnlyList<MatchSet> evaluated, int after, int limit)
    {
        var changed = evaluated[0];
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
        if (evaluated is not [_, var current])
        {
            return (response, null);
        }

        response.CountBefore = current.Count();
        return (response, AddMoves(response, changed.Except(current), current.Except(changed), after, limit));
    }

    private static int? AddMoves(
        PreviewSegmentChangeResponse response, MatchSet joining, MatchSet leaving, int after, int limit)
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
