namespace TagSegments.Campaigns.Content;

/// <summary>Says where in a text something is.</summary>
internal static class TextPlace
{
    /// <summary>The line and column of a position, both from 1.</summary>
    public static string Of(string text, int position)
    {
        var before = text.AsSpan(0, position);
        return $"line {before.Count('\n') + 1}, column {position - before.LastIndexOf('\n')}";
    }
}
