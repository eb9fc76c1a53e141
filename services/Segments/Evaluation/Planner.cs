using Crm.Segments.V1;
using TagSegments.Bitmaps;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;
using Kind = Crm.Segments.V1.ActivityClause.Types.Kind;
using Match = Crm.Segments.V1.TagClause.Types.Match;

namespace TagSegments.Segments.Evaluation;

/// <summary>
/// Makes the plan of a filter for one state of an account: tag clauses become sets of the index, activity clauses columns where those can
/// answer them, segments are planned in place, and each largest part without any of these becomes one SQL query.
/// Planned apart, each clause is a part of its own, and every node can be asked by itself.
/// </summary>
internal sealed class Planner(AccountState state, FilterContext context, bool apart)
{
    private readonly List<SqlNode> _sqlParts = [];
    private readonly HashSet<int> _missingTags = [];
    private readonly HashSet<Kind> _missingColumns = [];
    private bool _usesActivity;
    private readonly Dictionary<string, PlanNode?> _segments = [];
    private readonly Dictionary<Filter, PlanNode> _nodes = new(ReferenceEqualityComparer.Instance);
    private readonly List<SegmentVersion> _versions = [];

    /// <summary>Makes the plan of a valid filter.</summary>
    public static Plan Plan(AccountState state, Question question, FilterContext context)
    {
        var planner = new Planner(state, context, question.Apart);
        foreach (var tagId in question.MoreTags.Append(AccountState.LivingContacts))
        {
            planner.Tag(tagId);
        }

        var root = planner.Node(question.Filter);
        return new Plan(
            question,
            root,
            planner._sqlParts,
            new Missing(planner._missingTags, planner._missingColumns),
            planner._usesActivity,
            planner._versions,
            planner._nodes);
    }

    private PlanNode Node(Filter filter) =>
        apart ? _nodes[filter] = new ChunkNode(Compile(filter)) : Compile(filter);

    private PlanNode Compile(Filter filter)
    {
        if (!UsesIndex(filter) && !(apart && FilterWalk.Members(filter).Count > 0))
        {
            return Sql(filter);
        }

        return filter.KindCase switch
        {
            Filter.KindOneofCase.AllOf => new AndNode(Members(filter.AllOf, parts => new Filter { AllOf = parts })),
            Filter.KindOneofCase.AnyOf => new OrNode(Members(filter.AnyOf, parts => new Filter { AnyOf = parts })),
            Filter.KindOneofCase.Negated => new NotNode(Node(filter.Negated)),
            Filter.KindOneofCase.Everyone => new AndNode([]),
            Filter.KindOneofCase.Tag => Tags(filter.Tag),
            Filter.KindOneofCase.Segment => Segment(filter.Segment.SegmentId),
            Filter.KindOneofCase.Activity => Activity(filter.Activity),
            _ => throw new InvalidOperationException($"A {filter.KindCase} clause is not answered by the index."),
        };
    }

    private bool UsesIndex(Filter filter) => FilterWalk.All(filter).Any(node =>
        node.KindCase is Filter.KindOneofCase.Tag or Filter.KindOneofCase.Segment or Filter.KindOneofCase.Everyone
        || (node.KindCase is Filter.KindOneofCase.Activity && ActivityRule.Read(node.Activity, state.Clocks, context) is not null));

    // Members that PostgreSQL has to answer are one query together.
    private List<PlanNode> Members(FilterGroup group, Func<FilterGroup, Filter> together)
    {
        if (apart)
        {
            return [.. group.Filters.Select(Node)];
        }

        var bySql = group.Filters.Where(member => !UsesIndex(member)).ToList();
        var nodes = group.Filters.Where(UsesIndex).Select(Node).ToList();
        if (bySql.Count > 0)
        {
            nodes.Add(Sql(bySql.Count == 1 ? bySql[0] : together(new FilterGroup { Filters = { bySql } })));
        }

        return nodes;
    }

    private SqlNode Sql(Filter filter)
    {
        var node = new SqlNode(filter);
        _sqlParts.Add(node);
        return node;
    }

    private PlanNode Tags(TagClause clause)
    {
        var sets = TagIds(clause).Select(tagId => (PlanNode)new SetNode(Tag(tagId))).ToList();
        return clause.Match switch
        {
            Match.All => new AndNode(sets),
            Match.None => new NotNode(new OrNode(sets)),
            _ => new OrNode(sets),
        };
    }

    private IEnumerable<int> TagIds(TagClause clause)
    {
        if (clause.TagIds.Count > 0)
        {
            return clause.TagIds.Distinct();
        }

        // Without a prefix, every name starts with it: any tag at all.
        return state.Catalog.TagItems
            .Where(tag => !tag.IsDeleted && tag.Name.StartsWith(clause.NamePrefix, StringComparison.Ordinal))
            .Select(tag => tag.Id);
    }

    private Bitmap Tag(int tagId)
    {
        if (state.Tags.TryGetValue(tagId, out var contacts))
        {
            return contacts;
        }

        _missingTags.Add(tagId);
        return Bitmap.Empty;
    }

    private PlanNode Activity(ActivityClause clause)
    {
        var (kind, since, never) = ActivityRule.Read(clause, state.Clocks, context)!.Value;
        _usesActivity = true;
        if (!state.Columns.TryGetValue(kind, out var column))
        {
            _missingColumns.Add(kind);
            column = ActivityColumn.Empty;
        }

        var node = new ActivityNode(column, since);
        return never ? new NotNode(node) : node;
    }

    private PlanNode Segment(string segmentId)
    {
        if (!_segments.TryGetValue(segmentId, out var node))
        {
            var definition = state.Definitions[segmentId];
            // Saving keeps circles out; should a database hold one all the same, it must not end the process.
            _segments[segmentId] = null;
            _segments[segmentId] = node = new MemoNode(Node(definition.Filter));
            _versions.Add(new SegmentVersion { SegmentId = segmentId, Version = definition.Version, Name = definition.Name });
        }

        return node ?? throw FilterErrors.SegmentCycle([state.Definitions[segmentId].Name]);
    }
}
