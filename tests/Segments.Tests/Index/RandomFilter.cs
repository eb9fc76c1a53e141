using Crm.Segments.V1;

namespace TagSegments.Segments.Tests.Index;

/// <summary>Random filters of tags, some with a part that only SQL can answer.</summary>
internal static class RandomFilter
{
    /// <summary>A clause that SQL answers; the tests give every even contact this language.</summary>
    public static Filter Even { get; } = new()
    {
        Field = new FieldClause
        {
            Field = new FieldRef { Attribute = "language" },
            Operator = FieldClause.Types.Operator.Equals,
            Values = { "even" },
        },
    };

    public static Filter Next(Random random, int tags, int depth = 3)
    {
        var members = Enumerable.Range(0, random.Next(1, 4)).Select(_ => depth);
        return depth == 0 ? Leaf(random, tags) : random.Next(6) switch
        {
            0 => new Filter { AllOf = new FilterGroup { Filters = { members.Select(_ => Next(random, tags, depth - 1)) } } },
            1 => new Filter { AnyOf = new FilterGroup { Filters = { members.Select(_ => Next(random, tags, depth - 1)) } } },
            2 => new Filter { Negated = Next(random, tags, depth - 1) },
            3 when random.Next(4) == 0 => Even,
            _ => Leaf(random, tags),
        };
    }

    private static Filter Leaf(Random random, int tags) => random.Next(10) == 0
        ? new Filter { Everyone = new EveryoneClause() }
        : new Filter
        {
            Tag = new TagClause
            {
                Match = (TagClause.Types.Match)random.Next(1, 4),
                TagIds = { Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(1, tags + 1)) },
            },
        };
}
