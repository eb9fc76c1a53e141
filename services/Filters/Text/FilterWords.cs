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

    /// <summary>Writes the name of a field, in square brackets unless it is a plain word with no other meaning.</summary>
    public static string Name(string name) =>
        FilterLexer.IsPlainWord(name) && !s_reserved.Contains(name)
            ? name
            : $"[{name.Replace("\\", "\\\\").Replace("]", "\\]")}]";
}
