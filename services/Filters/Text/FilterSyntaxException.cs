using System.Globalization;
using TagSegments.Filters.Catalog;

namespace TagSegments.Filters.Text;

/// <summary>Says where and why a text is not a filter, what was expected there and what may have been meant.</summary>
public sealed class FilterSyntaxException(string text, int position, string problem) : Exception
{
    /// <summary>The index of the first character that is wrong, from 0, in UTF-16 units.</summary>
    public int Position { get; } = position;

    /// <summary>The line of that character, from 1.</summary>
    public int Line => 1 + text.AsSpan(0, Position).Count('\n');

    /// <summary>The column of that character in its line, from 1.</summary>
    public int Column => Position - text.AsSpan(0, Position).LastIndexOf('\n');

    /// <summary>The words that would be valid there.</summary>
    public IReadOnlyList<string> Expected { get; init; } = [];

    /// <summary>Names or words that are close to the one found there.</summary>
    public IReadOnlyList<string> Suggestions { get; init; } = [];

    /// <summary>Whether the text is fine but too large.</summary>
    public bool IsTooLarge { get; init; }

    public override string Message
    {
        get
        {
            var expected = Expected.Count > 0 ? $"; expected {string.Join(", ", Expected)}" : "";
            var hint = Suggestions.Count > 0 ? $"; did you mean {string.Join(" or ", Suggestions)}?" : "";
            return string.Create(CultureInfo.InvariantCulture, $"line {Line}, column {Column}: {problem}{expected}{hint}");
        }
    }
}
