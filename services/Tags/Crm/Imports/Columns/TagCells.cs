using Crm.Contacts.V1;
using TagSegments.Csv;

namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>How the cells of a column hold tags.</summary>
/// <param name="Separators">What separates the tags of a cell; none if a cell is one tag.</param>
/// <param name="Prefix">Put before each tag.</param>
internal sealed record TagCells(string[] Separators, string Prefix)
{
    /// <summary>What separates the items of a cell if no option says otherwise; an item that has one of them stands in quotes.</summary>
    public static readonly string[] DefaultSeparators = [",", ";"];

    /// <summary>Returns how a column holds tags; null if it holds none.</summary>
    public static TagCells? Of(ImportOptions options, string header) =>
        options.Tags.TryGetValue(header, out var own) ? new(Choose(own.Single, own.Separators), own.Prefix)
        : options.TagsColumns.Contains(header) ? new(OfLists(options), options.TagsPrefix)
        : null;

    /// <summary>Returns the separators of lists in all other columns.</summary>
    public static string[] OfLists(ImportOptions options) =>
        Choose(options.TagsSeparatorNone, options.TagsSeparator.Length > 0 ? [options.TagsSeparator] : []);

    /// <summary>Reads the tags of a cell.</summary>
    public IEnumerable<string> Read(string cell) =>
        (Separators.Length == 0 ? [cell.Trim()] : ListText.Split(cell, Separators)).Select(text => Prefix + text);

    private static string[] Choose(bool single, IReadOnlyCollection<string> asked) => single ? [] : asked.Count > 0 ? [.. asked] : DefaultSeparators;
}
