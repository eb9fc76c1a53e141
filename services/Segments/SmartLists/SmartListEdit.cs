using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Values;
using TagSegments.Segments.Definitions;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.SmartLists;

/// <summary>The wanted attributes of a smart list: those to set, and their values.</summary>
internal sealed class SmartListEdit
{
    /// <summary>The most columns that a list can have.</summary>
    public const int MaxColumns = 50;
    private static readonly string[] s_attributes = ["name", "description", "filter", "include_tag_id", "exclude_tag_id", "columns", "sort"];

    private readonly SmartList _list;
    private readonly string _text;
    private readonly IReadOnlySet<string> _attributes;

    private SmartListEdit(SmartList list, string text, IEnumerable<string> attributes) =>
        (_list, _text, _attributes) = (list, text, attributes.ToHashSet());

    /// <summary>Reads a list to be created or throws INVALID_ARGUMENT.</summary>
    public static SmartListEdit Read(CreateSmartListRequest request)
    {
        new FieldChecks().Require(request.SmartList is not null, "smart_list", "is required").ThrowIfAny();
        var edit = new SmartListEdit(request.SmartList!, request.Text, s_attributes);
        edit.Check();
        return edit;
    }

    /// <summary>Reads a change or throws INVALID_ARGUMENT.</summary>
    public static SmartListEdit Read(UpdateSmartListRequest request)
    {
        new FieldChecks()
            .Require(request.SmartList is not null, "smart_list", "is required")
            .Require(request.Version >= 0, "version", "is negative")
            .ThrowIfAny();
        var edit = new SmartListEdit(request.SmartList!, request.Text, Attributes(request.SmartList!, request.Text, request.UpdateMask));
        edit.Check();
        return edit;
    }

    /// <summary>Makes the changed definition; throws if it refers to something that does not exist.</summary>
    public SmartListDefinition Apply(SmartListDefinition old, AccountState state)
    {
        var order = Has("sort") ? ListOrder.Read(_list.Sort, state.Catalog, "smart_list.sort") : null;
        var changed = old with
        {
            Name = Has("name") ? _list.Name : old.Name,
            Description = Has("description") ? _list.Description : old.Description,
            Filter = Has("filter") ? FilterReader.ReadForSaving(_list.Filter, _text, state) : old.Filter,
            IncludeTagId = Has("include_tag_id") ? _list.IncludeTagId : old.IncludeTagId,
            ExcludeTagId = Has("exclude_tag_id") ? _list.ExcludeTagId : old.ExcludeTagId,
            Columns = Has("columns") ? Columns(state.Catalog) : old.Columns,
            SortColumn = order is null ? old.SortColumn : order.Column?.Key ?? "",
            SortDescending = order?.Descending ?? old.SortDescending,
        };
        new FieldChecks()
            .Require(changed.TagIds.Distinct().Count() == changed.TagIds.Count(), "smart_list.exclude_tag_id", "is also the include tag")
            .ThrowIfAny();
        var missing = FilterRequirements.MissingTags(changed, state).FirstOrDefault(tag => Has(tag.Path));
        return missing is null ? changed : throw FilterErrors.MissingReference(missing with { Path = $"smart_list.{missing.Path}" });
    }

    private static IEnumerable<string> Attributes(SmartList list, string text, FieldMask? mask)
    {
        if (mask is null or { Paths.Count: 0 })
        {
            return s_attributes.Where(name => name == "filter" ? text.Length > 0 || list.Filter is not null : IsSet(list, name));
        }

        var unknown = mask.Paths.FirstOrDefault(path => !s_attributes.Contains(path));
        return unknown is null
            ? mask.Paths
            : throw RpcErrors.InvalidField("update_mask", $"\"{MessageText.Short(unknown)}\" is not one of {string.Join(", ", s_attributes)}");
    }

    private static bool IsSet(SmartList list, string name) => name switch
    {
        "name" => list.Name.Length > 0,
        "description" => list.Description.Length > 0,
        "include_tag_id" => list.IncludeTagId != 0,
        "exclude_tag_id" => list.ExcludeTagId != 0,
        "columns" => list.Columns.Count > 0,
        _ => list.Sort is not null,
    };

    private bool Has(string attribute) => _attributes.Contains(attribute);

    private void Check()
    {
        var checks = new FieldChecks()
            .Require(_list.Columns.Count <= MaxColumns, "smart_list.columns", $"has more than {MaxColumns} entries")
            .Require(_list.IncludeTagId >= 0, "smart_list.include_tag_id", "must be the number of a tag, or 0 for none")
            .Require(_list.ExcludeTagId >= 0, "smart_list.exclude_tag_id", "must be the number of a tag, or 0 for none")
            .Require(Has("filter") || _text.Length == 0, "text", "is the filter, which is not in update_mask")
            .Require(!Has("filter") || (_text.Length > 0 ^ _list.Filter is not null), "smart_list.filter", "is required, or text instead")
            .Description(_list.Description, "smart_list.description");
        if (Has("name"))
        {
            checks.Name(_list.Name, "smart_list.name");
        }

        checks.ThrowIfAny();
    }

    private string[] Columns(FilterCatalog catalog) =>
        ListColumn.Keys(_list.Columns.Count == 0 ? ListColumn.Default : _list.Columns, catalog, "smart_list.columns");
}
