using Crm.Segments.V1;

namespace TagSegments.Segments.Sql;

/// <summary>
/// Something that PostgreSQL is asked about contacts: who matches a clause, or, with <paramref name="Time"/>, when what the clause describes
/// was. What rolls with <c>now</c> is asked the second way: times stay the same, and the window is laid over them.
/// </summary>
internal sealed record Leaf(Filter Clause, LeafTime? Time = null)
{
    /// <summary>What is asked, to the letter: leaves with the same key are the same, and have the same answer in the same state.</summary>
    public required string Key { get; init; }

    /// <summary>Whether the answer is worth keeping: it does not change by the passing of time.</summary>
    public bool IsKept { get; init; }

    /// <summary>What it takes to answer it.</summary>
    public LeafCost Cost => Clause.KindCase switch
    {
        Filter.KindOneofCase.Opportunity => LeafCost.Opportunities,
        Filter.KindOneofCase.TagAdded => LeafCost.TagChanges,
        Filter.KindOneofCase.Activity => Time is { IsRolledUp: true } ? LeafCost.Contacts : LeafCost.Events,
        _ => LeafCost.Contacts,
    };

    /// <summary>Whether it depends on activity.</summary>
    public bool UsesActivity => Clause.KindCase == Filter.KindOneofCase.Activity;

    /// <summary>The channel whose suppression list it depends on; not set for none.</summary>
    public Crm.Common.V1.Channel? Suppressions =>
        Clause.KindCase == Filter.KindOneofCase.Consent && Clause.Consent.State == ConsentClause.Types.State.Suppressed ? Clause.Consent.Channel : null;

    /// <summary>The tag on whose log it depends; 0 for none.</summary>
    public int TagId => Clause.KindCase == Filter.KindOneofCase.TagAdded ? Clause.TagAdded.TagId : 0;

    /// <summary>Whether it depends on the records of contacts: everything does but activity.</summary>
    public bool UsesRecords => !UsesActivity;

    /// <summary>Whether it depends on the names of pipelines or stages.</summary>
    public bool UsesNames => Clause.KindCase == Filter.KindOneofCase.Opportunity
        && Clause.Opportunity.Conditions.Any(condition => condition.Field.Attribute is "pipeline" or "stage");

    /// <inheritdoc />
    public bool Equals(Leaf? other) => other?.Key == Key;

    /// <inheritdoc />
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    /// <summary>Whether PostgreSQL answers it by an expression over each contact, so that several are asked in one pass.</summary>
    public bool IsExpression => Time is null
        && (Cost == LeafCost.Contacts || (Cost == LeafCost.TagChanges && Clause.TagAdded.Window.ContactZone));
}

/// <summary>Which of several times is asked for: the n-th latest or the n-th earliest.</summary>
/// <param name="Earliest">Counts from the earliest on.</param>
/// <param name="Nth">1 is the latest, or the earliest.</param>
internal sealed record LeafTime(bool Earliest, int Nth = 1)
{
    /// <summary>The field of opportunities that holds the time; null for what has one time of its own.</summary>
    public FieldRef? Field { get; init; }

    /// <summary>Whether the roll-up of activity has it.</summary>
    public bool IsRolledUp { get; init; }
}

/// <summary>What it takes to answer a leaf for one contact, from little to much.</summary>
internal enum LeafCost
{
    /// <summary>The contact's own row.</summary>
    Contacts,

    /// <summary>Its opportunities.</summary>
    Opportunities,

    /// <summary>The log of a tag.</summary>
    TagChanges,

    /// <summary>Its events.</summary>
    Events,
}
