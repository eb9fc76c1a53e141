namespace TagSegments.Tags.Crm.Fields;

/// <summary>The spellings of true and false in a column that is known to be boolean.</summary>
internal static class BooleanText
{
    private static readonly HashSet<string> s_true = new(["true", "yes", "1"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> s_false = new(["false", "no", "0"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a word as a boolean.</summary>
    public static bool TryParse(string text, out bool value)
    {
        value = s_true.Contains(text);
        return value || s_false.Contains(text);
    }
}
