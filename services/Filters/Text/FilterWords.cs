using Crm.Segments.V1;

namespace TagSegments.Filters.Text;

/// <summary>The words that reading and printing share.</summary>
internal static class FilterWords
{
    // Words that begin or continue another construct at a place where a field name is possible.
    private static readonly HashSet<string> s_reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "all", "and", "anniversary", "any", "asked", "at", "bounced", "click", "clicked", "complained", "deal", "deals", "delivered", "did",
        "does", "everyone", "has", "have", "in", "is", "never", "no", "not", "open", "opened", "opportunities", "opportunity", "or", "received",
        "replied", "reply", "sent", "subscribed", "sum", "suppressed", "tag", "tags", "unsubscribe", "unsubscribed", "was",
    };

    /// <summary>The units of time, in the singular.</summary>
    public static IReadOnlyDictionary<TimeUnit, string> Units { get; } = new Dictionary<TimeUnit, string>
    {
        [TimeUnit.Minute] = "minute",
        [TimeUnit.Hour] = "hour",
        [TimeUnit.Day] = "day",
        [TimeUnit.Week] = "week",
        [TimeUnit.Month] = "month",
        [TimeUnit.Quarter] = "quarter",
        [TimeUnit.Year] = "year",
    };

    /// <summary>The signs of comparisons, as something expected.</summary>
    public const string Signs = "a comparison (=, !=, <, <=, >, >=)";

    /// <summary>The brackets and the comma, as something expected.</summary>
    public const string Opening = "an opening bracket (";
    public const string Closing = "a closing bracket )";
    public const string Comma = "a comma";

    /// <summary>Describes a symbol as something expected.</summary>
    public static string Describe(string symbol) => symbol switch
    {
        "(" => Opening,
        ")" => Closing,
        "," => Comma,
        _ => $"the sign {symbol}",
    };

    /// <summary>Whether something expected is a keyword, not a description.</summary>
    public static bool IsKeyword(string expected) =>
        !expected.StartsWith("a ", StringComparison.Ordinal) && !expected.StartsWith("an ", StringComparison.Ordinal)
        && !expected.StartsWith("the ", StringComparison.Ordinal);

    /// <summary>Writes the name of a field, in square brackets unless it is a plain word with no other meaning.</summary>
    public static string Name(string name) =>
        FilterLexer.IsPlainWord(name) && !s_reserved.Contains(name)
            ? name
            : $"[{name.Replace("\\", "\\\\").Replace("]", "\\]")}]";
}
