using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Testing.Oracle;

namespace TagSegments.Segments.Tests.Preview;

/// <summary>Ways to get a funnel wrong.</summary>
public enum FunnelMutant
{
    /// <summary>Every count is right.</summary>
    None,

    /// <summary>The remaining count forgets the members before the last one.</summary>
    RunningForgets,

    /// <summary>The members of an OR are counted like those of an AND.</summary>
    RunningOrIsAnd,

    /// <summary>A clause's own count leaves out contacts that the rest of the filter excludes.</summary>
    OwnCountIsWithinTheRest,

    /// <summary>A negated member counts the contacts that it leaves out.</summary>
    NotIsItsMember,

    /// <summary>One rule of a clause is wrong.</summary>
    NegativesNeedAValue,
}

/// <summary>Counts the nodes of a funnel one by one, each by asking the oracle about every contact.</summary>
internal sealed class NaiveFunnel(WorldAccount account, Timestamp at, FunnelMutant mutant)
{
    private readonly HashSet<string> _segments = [];
    private HashSet<int>? _whole;

    /// <summary>Makes a copy of a funnel with the naive counts.</summary>
    public FunnelNode Fill(FunnelNode funnel, Filter filter)
    {
        _whole = Matches(filter);
        var copy = funnel.Clone();
        Count(copy, filter);
        return copy;
    }

    private void Count(FunnelNode node, Filter filter)
    {
        var own = Matches(filter);
        node.Count = mutant == FunnelMutant.OwnCountIsWithinTheRest ? own.Intersect(_whole!).Count() : own.Count;
        var members = Members(filter);
        Assert.Equal(members.Count, node.Members.Count);
        foreach (var (member, i) in members.Select((member, i) => (member, i)))
        {
            Count(node.Members[i], member);
            if (filter.KindCase is Filter.KindOneofCase.AllOf or Filter.KindOneofCase.AnyOf)
            {
                node.Members[i].RunningCount = Running(filter.KindCase, members.Take(i + 1)).Count;
            }
        }
    }

    private HashSet<int> Running(Filter.KindOneofCase kind, IEnumerable<Filter> members)
    {
        var sets = members.Select(Matches).ToList();
        return mutant == FunnelMutant.RunningForgets ? sets[^1]
            : sets.Aggregate((all, one) =>
                [.. kind == Filter.KindOneofCase.AllOf || mutant == FunnelMutant.RunningOrIsAnd ? all.Intersect(one) : all.Union(one)]);
    }

    private IReadOnlyList<Filter> Members(Filter filter) => filter.KindCase switch
    {
        Filter.KindOneofCase.AllOf => filter.AllOf.Filters,
        Filter.KindOneofCase.AnyOf => filter.AnyOf.Filters,
        Filter.KindOneofCase.Negated => [filter.Negated],
        Filter.KindOneofCase.Segment when _segments.Add(filter.Segment.SegmentId) => [account.Segment(filter.Segment.SegmentId)],
        _ => [],
    };

    private HashSet<int> Matches(Filter filter) => account.Matches(
        mutant == FunnelMutant.NotIsItsMember && filter.KindCase == Filter.KindOneofCase.Negated ? filter.Negated : filter,
        at,
        mutant == FunnelMutant.NegativesNeedAValue ? Mutant.NegativesNeedAValue : Mutant.None);
}
