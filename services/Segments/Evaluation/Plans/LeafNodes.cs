using TagSegments.Segments.Evaluation.Answers;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>Makes the nodes of clauses that PostgreSQL answers, from the known part of the answer.</summary>
internal static class LeafNodes
{
    /// <summary>
    /// Makes a node of the contacts that are known to match, or, as an <paramref name="upper"/> bound, also of the unknown ones.
    /// </summary>
    public static PlanNode Make(LeafUse use, KeptAnswer answer, bool upper)
    {
        var known = use.Leaf.Value is null ? (PlanNode)new SetNode(answer.Contacts) : new SpanNode(answer.Values, use.From, use.Until);
        if (answer.IsKnown)
        {
            return known;
        }

        var but = new SetNode(answer.But);
        return (upper, answer.IsWhole) switch
        {
            (true, true) => new OrNode([known, but]),
            (true, false) => new OrNode([known, new NotNode(but)]),
            (false, true) => new AndNode([known, new NotNode(but)]),
            (false, false) => new AndNode([known, but]),
        };
    }
}
