using Crm.Contacts.V1;

namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>The columns that the options of an import name.</summary>
internal sealed class NamedColumns(string[] headers, ImportOptions options, FieldChecks checks)
{
    private const int MaxNamed = 20;
    private readonly HashSet<string> _names = headers.ToHashSet(StringComparer.Ordinal);

    /// <summary>Notes every option that names a column which the file does not have.</summary>
    public void Check()
    {
        if (!ColumnMapping.NumbersRows(headers, options))
        {
            RequireColumn("external_id_column", options.ExternalIdColumn);
        }

        RequireColumn("contact_column", options.ContactColumn);
        RequireColumn("stage_column", options.StageColumn);
        RequireColumn("amount_column", options.AmountColumn);
        RequireColumn("opened_column", options.OpenedColumn);
        RequireColumn("closed_column", options.ClosedColumn);
        RequireColumns("columns", options.Columns.Keys);
        RequireColumns("types", options.Types_.Keys.Where(key => !options.Constants.ContainsKey(key)));
        RequireColumns("tags", options.Tags.Keys);
        RequireColumns("phones_without_plus", options.PhonesWithoutPlus);
        RequireColumns("date_formats", options.DateFormats.Keys);
        RequireColumns("number_formats", options.NumberFormats.Keys);
        RequireColumns("missing", options.Missing.Keys.Where(key => key != "*"));
        for (var i = 0; i < options.TagsColumns.Count; i++)
        {
            RequireColumn($"tags_columns[{i}]", options.TagsColumns[i]);
        }
    }

    private void RequireColumn(string option, string header)
    {
        var shown = $"{string.Join(", ", headers.Take(MaxNamed))}{(headers.Length > MaxNamed ? ", …" : "")}";
        checks.Require(header.Length == 0 || _names.Contains(header), $"options.{option}", $"the file has no column \"{header}\"; it has {shown}");
    }

    private void RequireColumns(string option, IEnumerable<string> headers)
    {
        foreach (var header in headers)
        {
            RequireColumn($"{option}[\"{header}\"]", header);
        }
    }
}
