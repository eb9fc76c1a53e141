using System.Text.RegularExpressions;

namespace TagSegments.Tags.Tagging.Naming;

/// <summary>Recognises names that are values of few contacts each: such values belong in a custom field.</summary>
internal static partial class UniqueValues
{
    /// <summary>The number of names of one shape from which they are no longer labels.</summary>
    public const int ManyOfOneShape = 10;

    /// <summary>Describes what kind of value a name looks like; null if it looks like a label.</summary>
    public static string? Recognise(string name)
    {
        if (Address().IsMatch(name))
        {
            return "looks like an e-mail address";
        }

        if (Uuid().IsMatch(name) || LongNumber().IsMatch(name))
        {
            return "looks like an identifier";
        }

        return Date().IsMatch(name) ? "looks like a date" : null;
    }

    /// <summary>Returns the shape of a name with numbers, as PostgreSQL's regexp_replace does; null if it has no numbers.</summary>
    public static string? Shape(string name) => Digits().IsMatch(name) ? Digits().Replace(name, "#") : null;

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
