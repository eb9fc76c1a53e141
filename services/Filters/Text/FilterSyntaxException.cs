using System.Globalization;

namespace TagSegments.Filters.Text;

/// <summary>The kinds of errors in the text of a filter, for the advice that fits.</summary>
public enum FilterErrorKind
{
    /// <summary>Something stands where it cannot stand.</summary>
    Syntax,

    /// <summary>There is no text.</summary>
    Empty,

    /// <summary>Quotes are missing or not closed.</summary>
    Quotes,

    /// <summary>A bracket is missing or one too many.</summary>
    Brackets,

    /// <summary>There is nothing of that name.</summary>
    Name,

    /// <summary>The comparison does not fit the field.</summary>
    Operator,

    /// <summary>A value or a number does not fit.</summary>
    Value,
}

/// <summary>Says where and why a text is not a filter, what was expected there and what may have been meant.</summary>
public sealed class FilterSyntaxException(string text, int position, string problem) : Exception
{
    private readonly TextSpan _place = new(text, position, position);

    /// <summary>The index of the first character that is wrong, from 0, in UTF-16 units.</summary>
    public int Position => _place.Start;

    /// <summary>The line of that character, from 1.</summary>
    public int Line => _place.Line;

    /// <summary>The column of that character in its line, from 1.</summary>
    public int Column => _place.Column;

    /// <summary>What would be valid there, in words.</summary>
    public IReadOnlyList<string> Expected { get; init; } = [];

    /// <summary>Names or words that are close to the one found there.</summary>
    public IReadOnlyList<string> Suggestions { get; init; } = [];

    /// <summary>Whether the text is fine but too large.</summary>
    public bool IsTooLarge { get; init; }

    /// <summary>The kind of the error.</summary>
    public FilterErrorKind Kind { get; init; }

    /// <summary>What has no such name, for example <c>tag</c>; empty for other kinds of errors.</summary>
    public string Resource { get; init; } = "";

    public override string Message => FilterMessages.Describe(_place, problem, Expected, Suggestions);
}

/// <summary>Writes the messages about places in the text of a filter.</summary>
public static class FilterMessages
{
    /// <summary>Writes a message: the place, the problem, what was expected and what may have been meant.</summary>
    public static string Describe(TextSpan place, string problem, IReadOnlyList<string> expected, IReadOnlyList<string> suggestions) => string.Create(
        CultureInfo.InvariantCulture,
        $"line {place.Line}, column {place.Column}: {problem}{Expected(expected)}{Values.MessageText.Hint(suggestions)}");

    private static string Expected(IReadOnlyList<string> expected) => expected switch
    {
        [] => "",
        [var only] => $"; expected {only}",
        _ => $"; expected {string.Join(", ", expected.SkipLast(1))} or {expected[^1]}",
    };
}
