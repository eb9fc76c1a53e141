using System.Buffers;
using Crm.Segments.V1;
using TagSegments.Bitmaps;
using TagSegments.Segments.Evaluation.Answers;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>How a filter will be evaluated.</summary>
/// <param name="Question">The question.</param>
/// <param name="Root">The contacts that match, or may match as far as is known; it can run when nothing is missing.</param>
/// <param name="Lower">The contacts that match for sure; the root itself if all is known.</param>
/// <param name="Leaves">The questions for PostgreSQL, and the known answers to them.</param>
/// <param name="MissingTags">The tags to load first; the plan is then made again.</param>
/// <param name="Versions">The saved segments that take part.</param>
/// <param name="Nodes">The plan of each node of the filter and of the segments in it, by identity, if it was made node by node.</param>
internal sealed record Plan(
    Question Question,
    PlanNode Root,
    PlanNode Lower,
    IReadOnlyDictionary<Leaf, KeptAnswer?> Leaves,
    IReadOnlySet<int> MissingTags,
    IReadOnlyList<SegmentVersion> Versions,
    IReadOnlyDictionary<Filter, PlanNode> Nodes)
{
    /// <summary>Gets the tags that some plans lack.</summary>
    public static IReadOnlySet<int> MissingTagsOf(IEnumerable<Plan> plans) => plans.SelectMany(plan => plan.MissingTags).ToHashSet();

    /// <summary>
    /// Finds living contacts of the question for whom it is still unknown whether they match; at most <paramref name="limit"/>. If the plan was made
    /// node by node, these are all contacts with anything unknown.
    /// </summary>
    public int[] Undecided(Bitmap living, int limit)
    {
        if (Leaves.Values.All(answer => answer is { IsKnown: true }))
        {
            return [];
        }

        PlanNode undecided = Question.NodeByNode
            ? new OrNode([.. Leaves.Values.Select(Unknown)])
            : new AndNode([Root, new NotNode(Lower)]);
        var candidates = Question.Candidates is { } some ? Bitmap.Of(some.Where(contactId => contactId > 0)) : living;
        return List(new AndNode([undecided, new SetNode(living), new SetNode(candidates)]), candidates.ChunkCount, limit);
    }

    private static PlanNode Unknown(KeptAnswer? answer) => answer switch
    {
        null => new AndNode([]),
        { IsWhole: true } => new SetNode(answer.But),
        _ => new NotNode(new SetNode(answer.But)),
    };

    private static int[] List(PlanNode node, int chunks, int limit)
    {
        var numbers = ArrayPool<int>.Shared.Rent(limit);
        using var words = ChunkBuffers.Current.Take();
        var found = 0;
        for (var chunk = 0; chunk < chunks && found < limit; chunk++)
        {
            if (!node.IsEmpty(chunk))
            {
                node.CopyTo(chunk, words.Words);
                found += ChunkWords.Enumerate(words.Words, chunk * ChunkLayout.Bits, 0, numbers.AsSpan(found, limit - found));
            }
        }

        var list = numbers[..found];
        ArrayPool<int>.Shared.Return(numbers);
        return list;
    }
}
