using Crm.Segments.V1;
using Radzen;

namespace TagSegments.WebConsole.Pages.Contacts;

/// <summary>Orders of rows as an address has them: a column, with a minus sign for a descending order.</summary>
public static class SortOrders
{
    /// <summary>By the numbers of the contacts, ascending: the order without a choice.</summary>
    public const string Number = "contact_id";

    /// <summary>Reads the order of a call.</summary>
    public static SmartListSort Read(string sort) => new() { Column = Column(sort) is Number ? "" : Column(sort), Descending = IsDescending(sort) };

    /// <summary>Writes the order of a smart list.</summary>
    public static string Of(SmartListSort? sort) => sort is null ? Number : $"{(sort.Descending ? "-" : "")}{(sort.Column is "" ? Number : sort.Column)}";

    /// <summary>Writes the order of a column; without a direction it is that of the numbers.</summary>
    public static string Of(string? column, SortOrder? direction) =>
        column is { Length: > 0 } && direction is { } order ? $"{(order == SortOrder.Descending ? "-" : "")}{column}" : Number;

    /// <summary>Gets the direction in which a column is sorted; null if the rows are not sorted by it.</summary>
    public static SortOrder? DirectionOf(string sort, string column) => Column(sort) != column ? null : IsDescending(sort) ? SortOrder.Descending : SortOrder.Ascending;

    private static bool IsDescending(string sort) => sort.StartsWith('-');

    private static string Column(string sort) => sort.TrimStart('-');
}
