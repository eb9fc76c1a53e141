namespace TagSegments.Filters.Values;

/// <summary>Writes parts of messages about filters.</summary>
public static class MessageText
{
    /// <summary>Asks whether one of some names was meant; empty if there are no names.</summary>
    public static string Hint(IReadOnlyList<string> suggestions) =>
        suggestions.Count == 0 ? "" : $"; did you mean {string.Join(" or ", suggestions)}?";

    /// <summary>Cuts a caller's text to a length that fits into a message: error details travel in headers.</summary>
    public static string Short(string text, int most = 100)
    {
        if (text.Length <= most)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)] + "…";
    }
}
