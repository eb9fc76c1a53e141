using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Filters.Tree;
using TagSegments.Segments.Sql;
using TagSegments.Filters.Facts;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Index;

/// <summary>The references among the segments of an account, which may not form a circle.</summary>
internal sealed class SegmentGraph
{
    /// <summary>The largest number of segments that may refer to each other in a chain.</summary>
    private const int MaxLevels = 32;

    private readonly AccountState _state;
    private readonly ILookup<string, string> _below;
    private readonly ILookup<string, string> _above;

    private SegmentGraph(AccountState state)
    {
        _state = state;
        var references = state.Definitions.Values
            .SelectMany(segment => FilterReferences.Of(segment.Filter).SegmentIds.Select(target => (segment.SegmentId, Target: target)))
            .ToList();
        _below = references.ToLookup(reference => reference.SegmentId, reference => reference.Target);
        _above = references.ToLookup(reference => reference.Target, reference => reference.SegmentId);
    }

    /// <summary>Gets the graph of a state.</summary>
    public static SegmentGraph Of(AccountState state) => new(state);

    /// <summary>Throws if <paramref name="segmentId"/> would be reachable from itself if it referred to <paramref name="targets"/>.</summary>
    public void RequireAcyclic(string segmentId, IReadOnlyCollection<string> targets)
    {
        var below = Levels(targets, _below, [segmentId], []);
        var above = Levels([.. _above[segmentId]], _above, [segmentId], []);
        if (above + 1 + below > MaxLevels)
        {
            throw TooDeep();
        }
    }

    /// <summary>Whether a segment may not refer to another one.</summary>
    public bool Refuses(string segmentId, string target)
    {
        try
        {
            RequireAcyclic(segmentId, [target]);
            return false;
        }
        catch (RpcException)
        {
            return true;
        }
    }

    /// <summary>Gets the segments that refer to a segment, also by others.</summary>
    public IReadOnlyCollection<string> Above(string segmentId)
    {
        var found = new HashSet<string>();
        var open = new Stack<string>([segmentId]);
        while (open.TryPop(out var next))
        {
            foreach (var user in _above[next].Where(found.Add))
            {
                open.Push(user);
            }
        }

        return found;
    }

    // Each segment once, so this takes as long as there are references. The path begins with the segment that may not be met again.
    private int Levels(IEnumerable<string> nexts, ILookup<string, string> edges, List<string> path, Dictionary<string, int> known)
    {
        var levels = 0;
        foreach (var next in nexts)
        {
            levels = Math.Max(levels, 1 + LevelsFrom(next, edges, path, known));
        }

        return levels;
    }

    private int LevelsFrom(string segmentId, ILookup<string, string> edges, List<string> path, Dictionary<string, int> known)
    {
        path.Add(segmentId);
        if (segmentId == path[0])
        {
            throw FilterErrors.SegmentCycle(path.Select(NameOf));
        }

        if (path.Count > MaxLevels)
        {
            throw TooDeep();
        }

        if (!known.TryGetValue(segmentId, out var levels))
        {
            known[segmentId] = levels = Levels(edges[segmentId], edges, path, known);
        }

        path.RemoveAt(path.Count - 1);
        return levels;
    }

    private string NameOf(string segmentId) => _state.Definitions.GetValueOrDefault(segmentId)?.Name ?? segmentId;

    private static RpcException TooDeep() => RpcErrors.InvalidFields(
        ErrorReason.FilterTooLarge,
        $"More than {MaxLevels} segments refer to one another in a row.",
        [("filter", $"refers to segments that refer to others, more than {MaxLevels} levels deep")]);
}
