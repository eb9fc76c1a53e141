using Microsoft.Extensions.Localization;

namespace TagSegments.WebConsole.Parts;

/// <summary>Names of attributes and fields as people say them. Filters keep the keys.</summary>
public static class Labels
{
    /// <summary>Names a built-in attribute in the person's language, and a custom field by its key in words: <c>lead_score</c> is "Lead score".</summary>
    public static string Of(IStringLocalizer texts, string attribute) =>
        texts[$"Attribute.{attribute}"] is { ResourceNotFound: false } label ? label : InWords(attribute);

    private static string InWords(string key)
    {
        // Where a field has the name of a column that every contact has, its column is called so.
        var words = (key.StartsWith("fields.", StringComparison.Ordinal) ? key[7..] : key).Replace('_', ' ').Trim();
        return words is "" ? key : char.ToUpperInvariant(words[0]) + words[1..];
    }
}
