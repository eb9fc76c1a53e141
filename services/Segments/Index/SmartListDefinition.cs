using Crm.Segments.V1;
using TagSegments.Filters.Tree;

namespace TagSegments.Segments.Index;

/// <summary>A smart list. Columns are kept by key: the name of a built-in one, or <c>#17</c> for a custom field.</summary>
/// <param name="IncludeTagId">The tag that puts contacts into the list; 0 for none.</param>
/// <param name="ExcludeTagId">The tag that keeps contacts out; 0 for none.</param>
/// <param name="SortColumn">The key of the column that orders the rows; empty for the contact's number.</param>
internal sealed record SmartListDefinition(
    string SmartListId,
    string Name,
    string Description,
    Filter Filter,
    int IncludeTagId,
    int ExcludeTagId,
    IReadOnlyList<string> Columns,
    string SortColumn,
    bool SortDescending,
    int Version,
    DateTime CreatedAt,
    DateTime UpdatedAt)
{
    /// <summary>The tags that edit the list by hand.</summary>
    public IEnumerable<int> TagIds => new[] { IncludeTagId, ExcludeTagId }.Where(tagId => tagId != 0);

    /// <summary>Gets the filter of the members.</summary>
    public Filter Members() => FilterTree.SmartList(Filter, IncludeTagId, ExcludeTagId);
}
