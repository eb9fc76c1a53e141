namespace TagSegments.WebConsole.Filters;

/// <summary>What can stand at a place of a filter.</summary>
public enum CompletionKind
{
    /// <summary>The beginning of a clause.</summary>
    Clause,

    /// <summary>A comparison, after the name of a field.</summary>
    Operator,

    /// <summary>What joins two clauses.</summary>
    Glue,

    /// <summary>The name of a tag.</summary>
    Tag,

    /// <summary>The name of a segment.</summary>
    Segment,

    /// <summary>The name of a campaign.</summary>
    Campaign,

    /// <summary>A value of a field.</summary>
    Value,
}

/// <summary>
/// The place in a filter at which a person types: what can stand there, from where on it would be replaced, what is typed of it already, and the
/// field whose value or comparison it is.
/// </summary>
public sealed record CompletionPlace(CompletionKind Kind, int Start, string Typed, string Field = "");
