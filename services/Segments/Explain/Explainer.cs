using System.Globalization;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Filters.Values;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Explain;

/// <summary>Explains why one contact matches a filter or not: every clause by SQL in one snapshot, with the values read there.</summary>
internal sealed class Explainer(Moments moments)
{
    // Every node is written with all that is below it: a long list would be repeated on each level.
    private const int MostText = 4_000;

    /// <summary>Explains a contact, as of now or of an instant of the past, or throws NOT_FOUND.</summary>
    public async Task<ExplainContactResponse> ExplainAsync(
        AccountInfo account, FilterSource? source, int contactId, Timestamp? asOf, CancellationToken ct)
    {
        await using var moment = await moments.OpenAsync(account, asOf, [], ct);
        var filter = FilterReader.Read(new RequestedFilter(source), moment.Today, moment.Then);
        var explanation = await ExplainAsync(moment, filter, contactId, ct)
            ?? throw RpcErrors.NotFound("contact", contactId.ToString(CultureInfo.InvariantCulture));
        return new ExplainContactResponse
        {
            Matches = explanation.Matches,
            Explanation = explanation,
            EvaluationTime = moment.Now.ToTimestamp(),
            ErasedContacts = moment.Then.ErasedContacts,
        };
    }

    /// <summary>Explains a contact at a moment; null if there is no such living contact.</summary>
    public static async Task<Explanation?> ExplainAsync(Moment moment, Filter filter, int contactId, CancellationToken ct)
    {
        var (state, context) = (moment.Today, moment.Context);
        var facts = new ContactFacts(moment.Snapshot, contactId, context);
        var (contact, truths) = (facts.AttributesAsync(), facts.TruthsAsync(Clauses(filter, state)));
        var read = facts.Send(ct);
        var walk = new Walk(state, new Evidence(facts, contact, truths, state.Catalog, context));
        Explanation explanation;
        try
        {
            // While the first answers are on their way: write the texts, and add the other queries.
            explanation = walk.Node(filter);
        }
        finally
        {
            await read();
        }

        if (await contact is null)
        {
            return null;
        }

        await facts.Send(ct)();
        await walk.FinishAsync();
        return explanation;
    }

    // Every clause that is read, also those of segments: their truth is queried at once.
    private static List<Filter> Clauses(Filter root, AccountState state)
    {
        var (clauses, segments, rest) = (new List<Filter>(), new HashSet<string>(), new Stack<Filter>([root]));
        while (rest.TryPop(out var filter))
        {
            foreach (var node in FilterTree.Clauses(filter))
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
    private sealed class Walk(AccountState state, Evidence evidence)
    {
        private readonly Dictionary<string, Explanation?> _segments = [];
        private readonly List<Task> _evidence = [];
        private readonly List<Action> _verdicts = [];

        /// <summary>Writes a node and adds the queries for the evidence of its clauses.</summary>
        public Explanation Node(Filter filter)
        {
            var explanation = new Explanation { Text = MessageText.Short(FilterPrinter.Print(filter, state.Catalog), MostText) };
            var members = explanation.Members;
            foreach (var member in FilterTree.Members(filter))
            {
                members.Add(Node(member));
            }

            switch (filter.KindCase)
            {
                case Filter.KindOneofCase.AllOf:
                    _verdicts.Add(() => explanation.Matches = members.All(member => member.Matches));
                    break;
                case Filter.KindOneofCase.AnyOf:
                    _verdicts.Add(() => explanation.Matches = members.Any(member => member.Matches));
                    break;
                case Filter.KindOneofCase.Negated:
                    _verdicts.Add(() => explanation.Matches = !members[0].Matches);
                    break;
                case Filter.KindOneofCase.Segment:
                    members.Add(Segment(filter.Segment.SegmentId));
                    _verdicts.Add(() => explanation.Matches = members[0].Matches);
                    break;
                default:
                    _evidence.Add(evidence.AddAsync(explanation, filter));
                    break;
            }

            return explanation;
        }

        /// <summary>Waits for the evidence after everything was read, and decides for every node, the inner ones first, whether it matches.</summary>
        public async Task FinishAsync()
        {
            await Task.WhenAll(_evidence);
            _verdicts.ForEach(verdict => verdict());
        }

        private Explanation Segment(string segmentId)
        {
            if (_segments.TryGetValue(segmentId, out var known))
            {
                _ = known ?? throw FilterErrors.SegmentCycle([state.Definitions[segmentId].Name]);
                var again = new Explanation { Text = known.Text, Actual = "explained above" };
                _verdicts.Add(() => again.Matches = known.Matches);
                return again;
            }

            _segments[segmentId] = null;
            return (_segments[segmentId] = Node(state.Definitions[segmentId].Filter))!;
        }
    }
}
