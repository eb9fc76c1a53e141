namespace TagSegments.WebConsole.Pages.Tags;

/// <summary>Filters about a tag, in the language of filters.</summary>
internal static class TagFilters
{
    /// <summary>Writes the filter for the contacts that have a tag.</summary>
    public static string Has(string tag) =>
        $"has tag \"{tag.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
