using Crm.Segments.V1;
using Crm.Workflows.V1;
using TagSegments.Filters.Facts;
using TagSegments.Filters.Tree;
using Kind = Crm.Segments.V1.ActivityClause.Types.Kind;

namespace TagSegments.Workflows.Definitions;

/// <summary>Decides whether a node may bring a contact into a segment, given the filters of that segment and of the segments in it.</summary>
internal sealed class SegmentEffects(IReadOnlyDictionary<string, Filter> segments, IReadOnlyDictionary<int, string> tagNames)
{
    // A message leads to these by itself; every other activity is done by people.
    private static readonly Kind[] s_automatic = [Kind.Sent, Kind.Delivered, Kind.Bounced];

    /// <summary>Whether an activity of the kind follows from sending without anybody's action.</summary>
    public static bool IsAutomatic(Kind kind) => s_automatic.Contains(kind);

    /// <summary>Whether a node may bring a contact into a segment.</summary>
    public bool MayBringIn(Node node, string segmentId) => HelpsSegment(node, segmentId, to: true, []);

    // Whether the node may make the filter true, or false. Segments that refer to segments multiply, so each is looked at once for each direction.
    private bool Helps(Node node, Filter filter, bool to, Dictionary<(string, bool), bool> known) => filter switch
    {
        { Negated: { } negated } => Helps(node, negated, !to, known),
        { Tag: { } tag } => HelpsTag(node, tag, to),
        { Segment.SegmentId: var id } => HelpsSegment(node, id, to, known),
        _ when FilterTree.IsGroup(filter) => FilterTree.Members(filter).Any(member => Helps(node, member, to, known)),
        _ => Concerns(node, ClauseFacts.Of(filter)),
    };

    private bool HelpsSegment(Node node, string id, bool to, Dictionary<(string, bool), bool> known)
    {
        if (!known.TryGetValue((id, to), out var helps) && segments.TryGetValue(id, out var filter))
        {
            // Each was read at a moment of its own, so they may form a circle that never was.
            known[(id, to)] = false;
            known[(id, to)] = helps = Helps(node, filter, to, known);
        }

        return helps;
    }

    // For clauses whose facts are enough to decide.
    private static bool Concerns(Node node, ClauseFacts facts) =>
        (node.AddTag is { } tag && facts.TagIds.Contains(tag.TagId))
        || (node.SetField is { } set && facts.Conditions.Any(condition => !condition.OfOpportunity && HelpsField(set.Field, condition.Clause.Field)))
        || (node.SendMessage is not null && IsAutomatic(facts.Activity))
        || (node.MoveOpportunity is not null && facts.DependsOn.HasFlag(ClauseData.Opportunities));

    private bool HelpsTag(Node node, TagClause clause, bool to)
    {
        var asksForTag = clause.Match is not TagClause.Types.Match.None == to;
        return (asksForTag ? node.AddTag : node.RemoveTag) is { } action
            && (clause.TagIds.Contains(action.TagId)
                || (clause.TagIds.Count == 0 && tagNames.GetValueOrDefault(action.TagId, action.Tag).StartsWith(clause.NamePrefix, StringComparison.Ordinal)));
    }

    // A custom field is known by its key here and by its number there, so it may be any of them.
    private static bool HelpsField(string set, FieldRef asked) => asked.RefCase is FieldRef.RefOneofCase.Attribute
        ? asked.Attribute == set || asked.Attribute == "updated"
        : !FieldTypes.IsBuiltIn(set);
}
