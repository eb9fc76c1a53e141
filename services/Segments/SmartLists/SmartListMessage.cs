using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.SmartLists;

/// <summary>Smart lists as callers see them.</summary>
internal static class SmartListMessage
{
    /// <summary>Writes a list with the names of a state, and its missing references.</summary>
    public static SmartList Of(SmartListDefinition list, AccountState state)
    {
        var columns = list.Columns.Select(key => ListColumn.ByKey(key, state.Catalog)).ToList();
        var sort = list.SortColumn.Length == 0 ? null : ListColumn.ByKey(list.SortColumn, state.Catalog);
        string[] members = [.. FilterRequirements.Problems(list.Filter, state), .. FilterRequirements.MissingTags(list, state).Select(tag => tag.ToString())];
        var ofView = columns.Select((column, i) => (column, $"columns[{i}]")).Append((sort!, "sort.column"))
            .Where(entry => entry.Item1 is { IsMissing: true })
            .Select(entry => new MissingReference("field", entry.Item1.Key[1..], entry.Item2).ToString());
        return new SmartList
        {
            SmartListId = list.SmartListId,
            Name = list.Name,
            Description = list.Description,
            Filter = list.Filter,
            Text = FilterPrinter.Print(list.Filter, state.Catalog),
            IncludeTagId = list.IncludeTagId,
            ExcludeTagId = list.ExcludeTagId,
            Columns = { columns.Select(column => column.Name) },
            Sort = new SmartListSort { Column = sort?.Name ?? "", Descending = list.SortDescending },
            Version = list.Version,
            State = members.Length == 0 ? SmartList.Types.State.Valid : SmartList.Types.State.Invalid,
            Problems = { members, ofView },
            CreateTime = list.CreatedAt.ToTimestamp(),
            UpdateTime = list.UpdatedAt.ToTimestamp(),
        };
    }
}
