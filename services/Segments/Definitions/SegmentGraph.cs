using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;

namespace TagSegments.Segments.Definitions;

/// <summary>The references among the segments of an account, which may not form a circle.</summary>
internal sealed class SegmentGraph(ILookup<string, string> references, Func<string, string> nameOf)
{
    /// <summary>How many segments may stand on top of each other.</summary>
    private const int MaxDepth = 32;

    /// <summary>Throws if <paramref name="segmentId"/> could be reached from itself, were it to refer to <paramref name="targets"/>.</summary>
    public void RequireAcyclic(string segmentId, IEnumerable<string> targets)
    {
        foreach (var target in targets)
        {
            Visit(segmentId, target, [segmentId], []);
        }
    }

    // Segments that led nowhere are not visited again, so this takes as long as there are references.
    private void Visit(string origin, string segmentId, List<string> path, HashSet<string> done)
    {
        path.Add(segmentId);
        if (segmentId == origin)
        {
            throw RpcErrors.Create(
                StatusCode.FailedPrecondition,
                ErrorReason.SegmentCycle,
                "The segment would refer to itself.",
                ("path", string.Join(" > ", path.Select(nameOf))));
        }

        if (path.Count > MaxDepth)
        {
            throw RpcErrors.InvalidFields(
                ErrorReason.FilterTooLarge,
                $"More than {MaxDepth} segments refer to one another in a row.",
                [("filter", $"refers to segments that refer to others, more than {MaxDepth} levels deep")]);
        }

        foreach (var next in references[segmentId].Where(next => !done.Contains(next)))
        {
            Visit(origin, next, path, done);
        }

        path.RemoveAt(path.Count - 1);
        done.Add(segmentId);
    }
}
