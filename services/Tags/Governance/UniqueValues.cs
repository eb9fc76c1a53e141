using System.Text.RegularExpressions;

namespace TagSegments.Tags.Governance;

/// <summary>Recognises names that are values of few contacts each: those belong into a custom field.</summary>
internal static partial class UniqueValues
{
    private const int ManyOfOneShape = 10;

    /// <summary>Says what a name looks like; null if it looks like a label.</summary>
    public static string? Recognise(string name, IEnumerable<string> names)
    {
        if (Address().IsMatch(name))
        {
            return "looks like an e-mail address";
        }

        if (Uuid().IsMatch(name) || LongNumber().IsMatch(name))
        {
            return "looks like an identifier";
        }

        if (Date().IsMatch(name))
        {
            return "looks like a date";
        }

        return Digits().IsMatch(name) && names.Count(other => Shape(other) == Shape(name)) >= ManyOfOneShape
            ? $"is one of many that differ only in a number, like \"{Shape(name)}\""
            : null;
    }

    private static string Shape(string name) => Digits().Replace(name, "#");

    [GeneratedRegex(@"^\S+@\S+\.\S+$", RegexOptions.NonBacktracking)]
    private static partial Regex Address();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", RegexOptions.NonBacktracking)]
    private static partial Regex Uuid();

    [GeneratedRegex(@"[0-9]{6}|^\+?[0-9][0-9 ()/-]{6,}$", RegexOptions.NonBacktracking)]
    private static partial Regex LongNumber();

    [GeneratedRegex(@"^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4})$", RegexOptions.NonBacktracking)]
    private static partial Regex Date();

    [GeneratedRegex("[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Digits();
}
