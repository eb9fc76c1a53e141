using Crm.Segments.V1;
using Crm.Workflows.V1;
using TagSegments.Workflows.Definitions;
using TagSegments.Filters.Facts;
using TagSegments.Filters.Tree;
using TagSegments.Workflows.Execution;
using Match = Crm.Segments.V1.TagClause.Types.Match;

namespace TagSegments.Workflows.Runs;

/// <summary>
/// The changes that the nodes passed in a simulation would have made. Tags are applied to the explanations of later conditions; possible
/// changes of fields, messages and opportunities are only reported.
/// </summary>
internal sealed class SimulatedEffects(IReadOnlyDictionary<int, string> tags, IReadOnlyDictionary<string, Filter> segments)
{
    private readonly Dictionary<int, string> _tags = new(tags);
    private readonly List<Node> _unapplied = [];

    /// <summary>Adds a tag; false if the contact has it already.</summary>
    public bool Add(TagAction action) => _tags.TryAdd(action.TagId, action.Tag);

    /// <summary>Removes a tag; false if the contact does not have it.</summary>
    public bool Remove(TagAction action) => _tags.Remove(action.TagId);

    /// <summary>Remembers a node whose effect later conditions will not see.</summary>
    public void Pass(Node node) => _unapplied.Add(node);

    /// <summary>
    /// Corrects the explanation of a filter by the tags of the simulation, and returns the nodes that may have changed something else that the
    /// filter depends on.
    /// </summary>
    public IReadOnlyList<string> Apply(Filter filter, Explanation explanation)
    {
        var unseen = new List<string>();
        Apply(filter, explanation, [], unseen);
        return [.. unseen.Distinct()];
    }

    // The explanation has the shape of the filter. A segment is explained where it is met first.
    private void Apply(Filter filter, Explanation explanation, Dictionary<string, bool> known, List<string> unseen)
    {
        foreach (var (member, explained) in FilterTree.Members(filter).Zip(explanation.Members))
        {
            Apply(member, explained, known, unseen);
        }

        switch (filter.KindCase)
        {
            case Filter.KindOneofCase.AllOf:
                explanation.Matches = explanation.Members.All(member => member.Matches);
                break;
            case Filter.KindOneofCase.AnyOf:
                explanation.Matches = explanation.Members.Any(member => member.Matches);
                break;
            case Filter.KindOneofCase.Negated:
                explanation.Matches = !explanation.Members[0].Matches;
                break;
            case Filter.KindOneofCase.Segment when segments.TryGetValue(filter.Segment.SegmentId, out var other):
                var inside = explanation.Members[0];
                if (!known.TryGetValue(filter.Segment.SegmentId, out var matches))
                {
                    Apply(other, inside, known, unseen);
                    matches = known[filter.Segment.SegmentId] = inside.Matches;
                }

                explanation.Matches = inside.Matches = matches;
                break;
            case Filter.KindOneofCase.Tag when Matches(filter.Tag) != explanation.Matches:
                explanation.Matches = !explanation.Matches;
                explanation.Actual = $"{(explanation.Matches ? "true" : "false")} by the nodes before; now {explanation.Actual}";
                break;
            default:
                var facts = ClauseFacts.Of(filter);
                unseen.AddRange(_unapplied.Where(node => MayMatter(node, facts)).Select(node => NodeFacts.Of(node).Text));
                break;
        }
    }

    private bool Matches(TagClause clause)
    {
        bool Has(int tagId) => _tags.ContainsKey(tagId);
        var any = clause.TagIds.Count > 0
            ? clause.TagIds.Any(Has)
            : _tags.Values.Any(name => name.StartsWith(clause.NamePrefix, StringComparison.Ordinal));
        return clause.Match switch
        {
            Match.All => clause.TagIds.All(Has),
            Match.None => !any,
            _ => any,
        };
    }

    // A clause about tags has been corrected; for any other, its facts say whether the node may matter.
    private static bool MayMatter(Node node, ClauseFacts facts) =>
        (node.SetField is not null && facts.Conditions.Any(condition => !condition.OfOpportunity))
        || (node.SendMessage is not null && facts.DependsOn.HasFlag(ClauseData.Activity))
        || (node.MoveOpportunity is not null && facts.DependsOn.HasFlag(ClauseData.Opportunities))
        || (node.AddTag is { } tag && facts.DependsOn.HasFlag(ClauseData.TagLog) && facts.TagIds.Contains(tag.TagId));
}
