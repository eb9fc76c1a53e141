using System.Text.Json;
using Crm.Errors.V1;
using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Checks;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.SmartLists;

/// <summary>The order of rows: by a column and then by number, or by number alone.</summary>
internal sealed record ListOrder(ListColumn? Column, bool Descending)
{
    /// <summary>The most rows that can be skipped: the numbers are counted in memory, the values are sorted in the database.</summary>
    public int MaxSkip => Column is null ? int.MaxValue : PageSize.MaxSkip;

    private string Key => Column?.Key ?? "";

    /// <summary>Reads an order that a caller wrote or throws INVALID_ARGUMENT.</summary>
    public static ListOrder Read(SmartListSort? sort, FilterCatalog catalog, string path)
    {
        if (sort is null or { Column: "" or "contact_id" })
        {
            return new ListOrder(null, sort?.Descending == true);
        }

        var column = ListColumn.ByName(sort.Column, catalog) ?? throw ListErrors.UnknownColumn(sort.Column, catalog, $"{path}.column");
        return column.Key != ListColumn.Tags
            ? new ListOrder(column, sort.Descending)
            : throw RpcErrors.InvalidField($"{path}.column", "cannot be tags: they have no order");
    }

    /// <summary>Gets the same order in another catalog of the account; throws FAILED_PRECONDITION if its column does not exist there.</summary>
    public ListOrder In(FilterCatalog catalog) => Column is null ? this : Of(Key, Descending, catalog);

    /// <summary>Gets the order of a list or throws FAILED_PRECONDITION if its column does not exist any more.</summary>
    public static ListOrder Of(SmartListDefinition list, FilterCatalog catalog) => Of(list.SortColumn, list.SortDescending, catalog);

    private static ListOrder Of(string key, bool descending, FilterCatalog catalog)
    {
        var order = new ListOrder(key.Length == 0 ? null : ListColumn.ByKey(key, catalog), descending);
        return order.Column is not { IsMissing: true } ? order
            : throw FilterErrors.MissingReference(new MissingReference("field", order.Key[1..], "sort.column"));
    }

    /// <summary>Gets the position after a row, for a page token.</summary>
    public string Behind(int contactId, string? value) => JsonSerializer.Serialize(new ListPosition(Key, Descending, contactId, value));

    /// <summary>Reads a position; throws INVALID_ARGUMENT with reason PAGE_TOKEN if it is of another order.</summary>
    public ListPosition? Read(string? position)
    {
        var read = position is null ? null : JsonSerializer.Deserialize<ListPosition>(position);
        return read is null || (read.Column, read.Descending) == (Key, Descending) ? read
            : throw RpcErrors.InvalidFields(
                ErrorReason.PageToken,
                "The list has another order now. Start again without a page token.",
                [("page_token", "is of another order")]);
    }
}

/// <summary>A place between two rows: after a contact with a value in the column of the order.</summary>
internal sealed record ListPosition(string Column, bool Descending, int ContactId, string? Value);
