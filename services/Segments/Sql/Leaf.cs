using Crm.Segments.V1;
using TagSegments.Filters.Facts;

namespace TagSegments.Segments.Sql;

/// <summary>
/// A question about contacts for PostgreSQL: which ones match a clause, or, with <paramref name="Value"/>, the time of what the clause
/// describes, or the number that it compares. A clause that rolls with <c>now</c> is asked the second way, because times stay the same, and
/// a comparison with a number, because the next one will be with another: the bounds are applied to the values.
/// </summary>
internal sealed record Leaf(Filter Clause, LeafValue? Value = null)
{
    private readonly ClauseFacts _facts = ClauseFacts.Of(Clause);

    /// <summary>The exact question: leaves with the same key are the same, and have the same answer in the same state.</summary>
    public required string Key { get; init; }

    /// <summary>Whether the answer is worth keeping: time alone does not change it.</summary>
    public bool IsKept { get; init; }

    /// <summary>The cost of answering it.</summary>
    public ClauseCost Cost => Value is LeafTime { IsRolledUp: true } ? ClauseCost.Contacts : _facts.Cost;

    /// <summary>Whether it depends on activity.</summary>
    public bool UsesActivity => _facts.DependsOn.HasFlag(ClauseData.Activity);

    /// <summary>The channel whose suppression list it depends on; null for none.</summary>
    public Crm.Common.V1.Channel? Suppressions => _facts.Suppressions;

    /// <summary>The tag whose log it depends on; 0 for none.</summary>
    public int TagId => _facts.DependsOn.HasFlag(ClauseData.TagLog) ? _facts.TagIds[0] : 0;

    /// <summary>Whether it depends on data that the clock of records orders: everything but activity.</summary>
    public bool UsesRecords => (_facts.DependsOn & ~ClauseData.Activity) != ClauseData.None;

    /// <summary>Whether it depends on the contact's own record, be it only for its time zone.</summary>
    public bool UsesContact => _facts.DependsOn.HasFlag(ClauseData.Contact);

    /// <summary>Whether it depends on the names of pipelines or stages.</summary>
    public bool UsesNames => _facts.DependsOn.HasFlag(ClauseData.Names);

    /// <inheritdoc />
    public bool Equals(Leaf? other) => other?.Key == Key;

    /// <inheritdoc />
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    /// <summary>Whether PostgreSQL answers it by an expression over each contact, so that several can be asked in one pass.</summary>
    public bool IsExpression => Value is null
        && (Cost == ClauseCost.Contacts || (Cost == ClauseCost.TagChanges && Clause.TagAdded.Window.ContactZone));
}

/// <summary>What PostgreSQL gives of each contact instead of a yes: a value in an order.</summary>
internal abstract record LeafValue;

/// <summary>The number in a field of the contact.</summary>
internal sealed record LeafNumber : LeafValue;

/// <summary>Which of several times is wanted: the n-th latest or the n-th earliest.</summary>
/// <param name="Earliest">Counts from the earliest on.</param>
/// <param name="Nth">1 is the latest, or the earliest.</param>
internal sealed record LeafTime(bool Earliest, int Nth = 1) : LeafValue
{
    /// <summary>The field of opportunities that holds the time; null if the clause has one time of its own.</summary>
    public FieldRef? Field { get; init; }

    /// <summary>Whether the roll-up of activity has it.</summary>
    public bool IsRolledUp { get; init; }
}
