using Crm.Segments.V1;
using TagSegments.Bitmaps;
using TagSegments.Segments.Evaluation.Answers;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;
using Match = Crm.Segments.V1.TagClause.Types.Match;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>
/// Makes the plan of a filter for one state of an account: tag clauses become sets of the index, segments are planned in place, and each other
/// clause becomes a leaf, whose answer may be known in part. As long as something is unknown, the plan is made twice: the contacts that may
/// match, and the contacts that match for sure; below a NOT the two change places. In a plan made node by node, each node can be read by itself.
/// </summary>
internal sealed class Planner(AccountState state, LeafReader leaves, Question question, Func<Leaf, KeptAnswer?> find)
{
    // A prefix can stand for a whole library, and a filter can have a thousand of them.
    private const int MaxTags = 2_000_000;

    private static readonly KeptAnswer s_nothing = KeptAnswer.Nothing(new AnswerClocks(default, 0, default, default));
    private readonly HashSet<int> _missingTags = [];
    private readonly Dictionary<Filter, Filter> _positive = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Filter, LeafUse> _uses = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Leaf, KeptAnswer?> _answers = [];
    private readonly Dictionary<(string SegmentId, bool Upper), PlanNode?> _segments = [];
    private readonly Dictionary<Filter, PlanNode> _nodes = new(ReferenceEqualityComparer.Instance);
    private readonly List<SegmentVersion> _versions = [];
    private int _tags;

    /// <summary>Makes the plan of a question; <paramref name="find"/> gets the known answer to a leaf, null for none.</summary>
    public static Plan Plan(AccountState state, Question question, FilterContext context, Func<Leaf, KeptAnswer?> find)
    {
        var planner = new Planner(state, new LeafReader(context), question, find);
        foreach (var tagId in question.CountedTags.Append(AccountState.LivingContacts))
        {
            planner.Tag(tagId);
        }

        var root = planner.Node(question.Filter, upper: true);
        var isKnown = planner._answers.Values.All(answer => answer is { IsKnown: true });
        var lower = isKnown || question.NodeByNode ? root : planner.Node(question.Filter, upper: false);
        return new Plan(question, root, lower, planner._answers, planner._missingTags, planner._versions, planner._nodes);
    }

    private PlanNode Node(Filter filter, bool upper) =>
        question.NodeByNode ? _nodes[filter] = new ChunkNode(Compile(filter, upper)) : Compile(filter, upper);

    private PlanNode Compile(Filter filter, bool upper) => filter.KindCase switch
    {
        Filter.KindOneofCase.AllOf => new AndNode([.. filter.AllOf.Filters.Select(member => Node(member, upper))]),
        Filter.KindOneofCase.AnyOf => new OrNode([.. filter.AnyOf.Filters.Select(member => Node(member, upper))]),
        Filter.KindOneofCase.Negated => new NotNode(Node(filter.Negated, !upper)),
        Filter.KindOneofCase.Everyone => new AndNode([]),
        Filter.KindOneofCase.Tag => Tags(filter.Tag),
        Filter.KindOneofCase.Segment => Segment(filter.Segment.SegmentId, upper),
        _ => Clause(filter, upper),
    };

    private PlanNode Clause(Filter clause, bool upper)
    {
        if (!_positive.TryGetValue(clause, out var positive))
        {
            _positive[clause] = positive = PositiveForm.Of(clause);
        }

        return positive.KindCase is Filter.KindOneofCase.AllOf or Filter.KindOneofCase.Negated or Filter.KindOneofCase.Everyone
            ? Positive(positive, upper)
            : Leaf(positive, upper);
    }

    // Like Compile, for filters that are not nodes of the original one.
    private PlanNode Positive(Filter filter, bool upper) => filter.KindCase switch
    {
        Filter.KindOneofCase.AllOf => new AndNode([.. filter.AllOf.Filters.Select(member => Positive(member, upper))]),
        Filter.KindOneofCase.Negated => new NotNode(Positive(filter.Negated, !upper)),
        Filter.KindOneofCase.Everyone => new AndNode([]),
        _ => Leaf(filter, upper),
    };

    private PlanNode Leaf(Filter clause, bool upper)
    {
        if (!_uses.TryGetValue(clause, out var use))
        {
            use = leaves.Read(clause);
            if (use.Instead is { } instead && Find(use.Leaf)?.Values.Highest >= use.Until)
            {
                use = new LeafUse(instead);
            }

            _uses[clause] = use;
        }

        return LeafNodes.Make(use, Find(use.Leaf) ?? s_nothing, upper);
    }

    private KeptAnswer? Find(Leaf leaf)
    {
        if (!_answers.TryGetValue(leaf, out var answer))
        {
            _answers[leaf] = answer = find(leaf);
        }

        return answer;
    }

    private PlanNode Tags(TagClause clause)
    {
        var sets = TagIds(clause).Select(tagId => (PlanNode)new SetNode(Tag(tagId))).ToList();
        _tags += sets.Count;
        if (_tags > MaxTags)
        {
            throw FilterErrors.TooExpensive(
                $"With the segments that it refers to, the filter asks for more than {MaxTags} tags, each counted as often as it is asked for.", question.Text);
        }

        return clause.Match switch
        {
            Match.All => new AndNode(sets),
            Match.None => new NotNode(AnyOf(sets)),
            _ => AnyOf(sets),
        };
    }

    private static PlanNode AnyOf(List<PlanNode> sets) => sets.Count == 1 ? sets[0] : new OrNode(sets);

    private IEnumerable<int> TagIds(TagClause clause)
    {
        return clause.TagIds.Count > 0 ? clause.TagIds.Distinct() : state.TagsWithPrefix(clause.NamePrefix).Select(tag => tag.Id);
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

    private PlanNode Segment(string segmentId, bool upper)
    {
        if (!_segments.TryGetValue((segmentId, upper), out var node))
        {
            var definition = state.Definitions[segmentId];
            // Saving refuses circles; if a database holds one all the same, it must not end the process.
            _segments[(segmentId, upper)] = null;
            _segments[(segmentId, upper)] = node = new MemoNode(Node(definition.Filter, upper));
            if (!_segments.ContainsKey((segmentId, !upper)))
            {
                _versions.Add(new SegmentVersion { SegmentId = segmentId, Version = definition.Version, Name = definition.Name });
            }
        }

        return node ?? throw FilterErrors.SegmentCycle([state.Definitions[segmentId].Name]);
    }
}
