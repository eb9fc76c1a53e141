using System.Text.RegularExpressions;

namespace TagSegments.WebConsole.Filters;

/// <summary>Finds out what a person is typing. It only helps: what a filter means is decided by the segment service alone.</summary>
public static partial class Completion
{
    /// <summary>Finds the place at the caret.</summary>
    public static CompletionPlace At(string text, int caret)
    {
        var before = text[..Math.Clamp(caret, 0, text.Length)];
        return QuoteOpenedAt(before) is { } quote ? InQuotes(before, quote) : AtWord(before);
    }

    private static CompletionPlace InQuotes(string before, int quote)
    {
        var clause = Clause(before[..quote]);
        var (kind, field) =
            InSegment().IsMatch(clause) ? (CompletionKind.Segment, "")
            : OfCampaign().IsMatch(clause) ? (CompletionKind.Campaign, "")
            : OfTag().IsMatch(clause) ? (CompletionKind.Tag, "")
            : (CompletionKind.Value, FieldOf(clause));
        return new(kind, quote + 1, before[(quote + 1)..], field);
    }

    private static CompletionPlace AtWord(string before)
    {
        var start = before.Length;
        while (start > 0 && (char.IsLetterOrDigit(before[start - 1]) || before[start - 1] is '_' or '['))
            start--;
        var clause = Clause(before[..start]);
        var typed = before[start..];
        return clause.Trim() is "" ? new(CompletionKind.Clause, start, typed)
            : FieldAlone().Match(clause) is { Success: true } field ? new(CompletionKind.Operator, start, typed, Name(field.Value))
            : new(CompletionKind.Glue, start, typed);
    }

    // Escaped quotes do not end a text.
    private static int? QuoteOpenedAt(string text)
    {
        int? open = null;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && open is not null)
                i++;
            else if (text[i] == '"')
                open = open is null ? i : null;
        }

        return open;
    }

    // The part after the last word or bracket at which a clause begins, with all quoted texts blanked out.
    private static string Clause(string text)
    {
        var blank = Quoted().Replace(text, quoted => new string('"', quoted.Length));
        var start = Beginning().Matches(blank) is [.., var last] ? last.Index + last.Length : 0;
        return blank[start..];
    }

    private static string FieldOf(string clause) => Comparison().Match(clause) is { Success: true } match ? Name(match.Groups[1].Value) : "";

    private static string Name(string field) => field.Trim().TrimStart('[').TrimEnd(']');

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"", RegexOptions.NonBacktracking)]
    private static partial Regex Quoted();

    // An opening bracket begins a group, unless a word before it begins a list or conditions.
    [GeneratedRegex(@"(?:^|\s)(?:AND|OR|NOT)\s+\(*|^\s*\(+|\(\(+", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Beginning();

    [GeneratedRegex(@"in\s+segment\s*$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex InSegment();

    [GeneratedRegex(@"of\s+campaign\s*$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex OfCampaign();

    [GeneratedRegex(@"^\s*(?:has\s+.*)?tags?(?:\s|\(|$)", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex OfTag();

    [GeneratedRegex(@"^\s*(\[[^\]]+\]|\w+)\s+$", RegexOptions.NonBacktracking)]
    private static partial Regex FieldAlone();

    [GeneratedRegex(@"^\s*(\[[^\]]+\]|\w+)\s*(?:[=!<>]|in\s|not\s|has\s|contains|starts|ends|does|between)", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Comparison();
}
