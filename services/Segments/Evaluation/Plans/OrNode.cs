namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>The contacts that at least one member has; empty without members.</summary>
internal sealed class OrNode(IEnumerable<PlanNode> members) : PlanNode
{
    // An array, so that going through it for every chunk allocates nothing.
    private readonly PlanNode[] _members = [.. members];

    public override long Estimate => Math.Min(int.MaxValue, _members.Sum(member => member.Estimate));

    public override bool IsEmpty(int chunk)
    {
        foreach (var member in _members)
        {
            if (!member.IsEmpty(chunk))
            {
                return false;
            }
        }

        return true;
    }

    public override void CopyTo(int chunk, Span<ulong> words)
    {
        words.Clear();
        OrInto(chunk, words);
    }

    public override void OrInto(int chunk, Span<ulong> words)
    {
        foreach (var member in _members)
        {
            member.OrInto(chunk, words);
        }
    }

    public override void AndNotInto(int chunk, Span<ulong> words)
    {
        foreach (var member in _members)
        {
            member.AndNotInto(chunk, words);
        }
    }
}
