namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>The contacts that all members have; everyone if there are no members.</summary>
internal sealed class AndNode(IReadOnlyList<PlanNode> members) : PlanNode
{
    // Sorted when the plan first runs: a part answered by SQL has no estimate before.
    private PlanNode[]? _sorted;

    /// <summary>The members as they were given.</summary>
    public IReadOnlyList<PlanNode> Members => members;

    public override long Estimate => members.Count == 0 ? int.MaxValue : members.Min(member => member.Estimate);

    private PlanNode[] Sorted => _sorted ??= [.. members.OrderBy(member => member.Estimate)];

    public override bool IsEmpty(int chunk)
    {
        foreach (var member in Sorted)
        {
            if (member.IsEmpty(chunk))
            {
                return true;
            }
        }

        return false;
    }

    public override void CopyTo(int chunk, Span<ulong> words)
    {
        if (Sorted.Length == 0 || IsEmpty(chunk))
        {
            words.Fill(Sorted.Length == 0 ? ulong.MaxValue : 0);
            return;
        }

        Sorted[0].CopyTo(chunk, words);
        foreach (var member in Sorted.AsSpan(1))
        {
            member.AndInto(chunk, words);
        }
    }

    public override int Count(int chunk, Span<ulong> words)
    {
        if (Sorted.Length < 2 || IsEmpty(chunk))
        {
            return Sorted.Length == 1 ? Sorted[0].Count(chunk, words) : Sorted.Length == 0 ? Bitmaps.ChunkLayout.Bits : 0;
        }

        Sorted[0].CopyTo(chunk, words);
        return CountIn(chunk, words, Sorted.AsSpan(1));
    }

    public override int CountIn(int chunk, Span<ulong> words) => Sorted.Length == 0 ? Bitmaps.ChunkWords.Count(words) : CountIn(chunk, words, Sorted);

    // The last member only counts: the buffer is not read after it.
    private static int CountIn(int chunk, Span<ulong> words, ReadOnlySpan<PlanNode> members)
    {
        foreach (var member in members[..^1])
        {
            member.AndInto(chunk, words);
        }

        return members[^1].CountIn(chunk, words);
    }

    public override void AndInto(int chunk, Span<ulong> words)
    {
        foreach (var member in Sorted)
        {
            member.AndInto(chunk, words);
        }
    }
}
