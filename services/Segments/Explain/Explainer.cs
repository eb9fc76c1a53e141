using System.Globalization;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;
using TagSegments.Segments.Past;
using TagSegments.ServiceDefaults;

namespace TagSegments.Segments.Explain;

/// <summary>Explains why one contact matches a filter or not: every clause by SQL in one snapshot, with the values read there.</summary>
internal sealed class Explainer(AccountIndexes indexes, PastHistory history, TimeProvider time)
{
    // Every node is written with all that is below it: a long list would be repeated on each level.
    private const int MostText = 4_000;

    /// <summary>Explains a contact, as of now or of an instant of the past, or throws NOT_FOUND.</summary>
    public async Task<ExplainContactResponse> ExplainAsync(
        int accountId, Func<AccountState, AccountState, Filter> read, int contactId, Timestamp? asOf, CancellationToken ct)
    {
        var now = asOf is null ? time.GetUtcNow() : history.Read(asOf);
        var (snapshot, state) = await indexes.OpenAsync(accountId, Missing.Nothing, ct);
        await using (snapshot)
        {
            var moment = asOf is null ? null : await history.FindAsync(snapshot, now.UtcDateTime, ct);
            var (today, then) = moment is null ? (state, state) : await history.LoadAsync(snapshot, state, moment, [], ct);
            var filter = read(today, then);
            var context = Evaluator.Context(then, now) with { Past = moment };
            var explanation = await ExplainAsync(snapshot, state, context, filter, contactId, ct)
                ?? throw RpcErrors.NotFound("contact", contactId.ToString(CultureInfo.InvariantCulture));
            return new ExplainContactResponse
            {
                Matches = explanation.Matches,
                Explanation = explanation,
                EvaluationTime = now.ToTimestamp(),
            };
        }
    }

    /// <summary>Explains a contact in a snapshot; null if there is no such living contact.</summary>
    public static async Task<Explanation?> ExplainAsync(
        Snapshot snapshot, AccountState state, FilterContext context, Filter filter, int contactId, CancellationToken ct)
    {
        var facts = new ContactFacts(snapshot, contactId, context);
        var clauses = Clauses(filter, state);
        var (attributes, truth) = (facts.AttributesAsync(), facts.TruthsAsync(clauses));
        await facts.AnswerAsync(ct);
        using var contact = await attributes;
        if (contact is null)
        {
            return null;
        }

        var truths = clauses.Zip(await truth).ToDictionary(
            clause => clause.First, clause => clause.Second, ReferenceEqualityComparer.Instance as IEqualityComparer<Filter>);
        var walk = new Walk(state, new Evidence(facts, contact.RootElement, state.Catalog, context), truths);
        var explanation = walk.Node(filter);
        await facts.AnswerAsync(ct);
        await walk.Evidence;
        return explanation;
    }

    // Every clause that is read, those of segments too: their truth is asked for at once.
    private static List<Filter> Clauses(Filter root, AccountState state)
    {
        var (clauses, segments, rest) = (new List<Filter>(), new HashSet<string>(), new Stack<Filter>([root]));
        while (rest.TryPop(out var filter))
        {
            foreach (var node in FilterWalk.All(filter).Where(node => FilterWalk.Members(node).Count == 0))
            {
                if (node.KindCase != Filter.KindOneofCase.Segment)
                {
                    clauses.Add(node);
                }
                else if (segments.Add(node.Segment.SegmentId))
                {
                    rest.Push(state.Definitions[node.Segment.SegmentId].Filter);
                }
            }
        }

        return clauses;
    }

    /// <summary>The walk over one filter for one contact. A segment that is met again is not explained again.</summary>
    private sealed class Walk(AccountState state, Evidence evidence, Dictionary<Filter, bool> truths)
    {
        private readonly Dictionary<string, Explanation?> _segments = [];
        private readonly List<Task> _evidence = [];

        /// <summary>Ends when the evidence of all clauses is in the explanation.</summary>
        public Task Evidence => Task.WhenAll(_evidence);

        /// <summary>Explains a node; the evidence comes when the facts are read.</summary>
        public Explanation Node(Filter filter)
        {
            var explanation = new Explanation { Text = FilterErrors.Short(FilterPrinter.Print(filter, state.Catalog), MostText) };
            foreach (var member in FilterWalk.Members(filter))
            {
                explanation.Members.Add(Node(member));
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
                case Filter.KindOneofCase.Segment:
                    explanation.Members.Add(Segment(filter.Segment.SegmentId));
                    explanation.Matches = explanation.Members[0].Matches;
                    break;
                default:
                    explanation.Matches = truths[filter];
                    _evidence.Add(evidence.AddAsync(explanation, filter));
                    break;
            }

            return explanation;
        }

        private Explanation Segment(string segmentId)
        {
            if (_segments.TryGetValue(segmentId, out var known))
            {
                _ = known ?? throw FilterErrors.SegmentCycle([state.Definitions[segmentId].Name]);
                return new Explanation { Text = known.Text, Matches = known.Matches, Actual = "explained above" };
            }

            _segments[segmentId] = null;
            return (_segments[segmentId] = Node(state.Definitions[segmentId].Filter))!;
        }
    }
}
