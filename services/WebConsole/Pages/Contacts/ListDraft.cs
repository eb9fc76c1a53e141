using Crm.Segments.V1;

namespace TagSegments.WebConsole.Pages.Contacts;

/// <summary>What a contacts page shows: a smart list, if one is open, with the filter, the columns and the order that the address has instead of its own.</summary>
public sealed record ListDraft(SmartList? List, string? Query, string? Columns, string? Sort)
{
    /// <summary>The filter as text; empty for everyone.</summary>
    public string Text => Query ?? List?.Text ?? "";

    /// <summary>The columns.</summary>
    public IReadOnlyList<string> Shown => Columns is { Length: > 0 } chosen ? chosen.Split(',') : OwnColumns;

    /// <summary>The order of the rows.</summary>
    public string Order => Sort ?? OwnOrder;

    /// <summary>Whether the list that is open is shown as it was saved.</summary>
    public bool IsAsSaved => Text == List?.Text && Shown.SequenceEqual(OwnColumns) && Order == OwnOrder;

    /// <summary>Whether the list includes or excludes contacts by hand.</summary>
    public bool HasHands => List is { IncludeTagId: > 0 } or { ExcludeTagId: > 0 };

    private IReadOnlyList<string> OwnColumns => List is { Columns.Count: > 0 } ? List.Columns : ContactColumns.Usual;

    private string OwnOrder => SortOrders.Of(List?.Sort);

    /// <summary>Says in the address what differs from the list that is open.</summary>
    public Dictionary<string, object?> Address(string? query = null, IReadOnlyList<string>? columns = null, string? order = null)
    {
        var (text, shown, sort) = (query?.Trim() ?? Text, columns ?? Shown, order ?? Order);
        return new()
        {
            ["q"] = text == (List?.Text ?? "") ? null : text,
            ["columns"] = shown.SequenceEqual(OwnColumns) ? null : string.Join(',', shown),
            ["sort"] = sort == OwnOrder ? null : sort,
        };
    }

    /// <summary>Adds the contacts that the list includes by hand, and takes out the excluded ones.</summary>
    public Filter WithHands(Filter filter)
    {
        var members = List is not { IncludeTagId: > 0 and var include } ? filter : new() { AnyOf = new() { Filters = { filter, Tagged(include) } } };
        return List is not { ExcludeTagId: > 0 and var exclude } ? members : QuickFilter.And(members, new() { Negated = Tagged(exclude) });
    }

    /// <summary>Makes the list to save.</summary>
    public SmartList ToSave(string name) => new() { Name = name, Columns = { Shown }, Sort = SortOrders.Read(Order) };

    private static Filter Tagged(int tag) => new() { Tag = new() { Match = TagClause.Types.Match.Any, TagIds = { tag } } };
}
