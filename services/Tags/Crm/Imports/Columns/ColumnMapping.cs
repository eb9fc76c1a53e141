using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Files;

namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>Finds for each column of a file where its values go, from the options and the usual headers.</summary>
internal sealed class ColumnMapping
{
    private static readonly string[] s_contactTargets = [.. ContactAttribute.All.Select(attribute => attribute.Name), "do_not_disturb", .. ConsentTarget.Names];
    private static readonly string[] s_opportunityTargets = ["external_id", "contact", "name", "stage", "amount", "opened", "closed"];

    private readonly string[] _headers;
    private readonly HashSet<string> _names;
    private readonly HashSet<string> _missing;
    private readonly ImportOptions _options;
    private readonly bool _contacts;
    private readonly IReadOnlySet<string> _unnamed;
    private readonly TextForm _form;
    private readonly FieldChecks _checks = new();
    private readonly Dictionary<string, string> _targets = [];

    private ColumnMapping(CsvTable table, ImportOptions options, TextForm form)
    {
        _headers = table.Headers;
        _unnamed = table.Unnamed;
        _form = form;
        _names = _headers.ToHashSet(StringComparer.Ordinal);
        _options = options;
        _missing = Missing("*").ToHashSet(StringComparer.Ordinal);
        _contacts = options.Kind != ImportOptions.Types.Kind.Opportunities;
    }

    /// <summary>Maps the columns. Throws INVALID_ARGUMENT with every option that names no column or no target.</summary>
    public static IReadOnlyList<ImportColumn> Map(CsvTable table, ImportOptions options, TextForm form)
    {
        var mapping = new ColumnMapping(table, options, form);
        mapping.CheckNames();
        mapping._checks.ThrowIfAny();
        mapping.AssignRoles();
        mapping.AssignNamed();
        mapping.AssignUsual();
        mapping._checks.ThrowIfAny();
        return [.. table.Headers.Select(mapping.ToColumn)];
    }

    /// <summary>True if the row number replaces an external id column.</summary>
    public static bool NumbersRows(string[] headers, ImportOptions options) =>
        options.ExternalIdColumn == "row" && !headers.Contains("row");

    private void CheckNames()
    {
        if (!NumbersRows(_headers, _options))
        {
            RequireColumn("external_id_column", _options.ExternalIdColumn);
        }

        RequireColumn("contact_column", _options.ContactColumn);
        RequireColumn("stage_column", _options.StageColumn);
        RequireColumn("amount_column", _options.AmountColumn);
        RequireColumn("opened_column", _options.OpenedColumn);
        RequireColumn("closed_column", _options.ClosedColumn);
        RequireColumns("columns", _options.Columns.Keys);
        RequireColumns("types", _options.Types_.Keys);
        RequireColumns("tags", _options.Tags.Keys);
        RequireColumns("date_formats", _options.DateFormats.Keys);
        RequireColumns("number_formats", _options.NumberFormats.Keys);
        RequireColumns("missing", _options.Missing.Keys.Where(key => key != "*"));
        for (var i = 0; i < _options.TagsColumns.Count; i++)
        {
            RequireColumn($"tags_columns[{i}]", _options.TagsColumns[i]);
        }
    }

    private void AssignRoles()
    {
        Assign(_options.ExternalIdColumn, "external_id");
        if (!_contacts)
        {
            Assign(_options.ContactColumn, "contact");
            Assign(_options.StageColumn, "stage");
            Assign(_options.AmountColumn, "amount");
            Assign(_options.OpenedColumn, "opened");
            Assign(_options.ClosedColumn, "closed");
        }
    }

    private void AssignNamed()
    {
        foreach (var (header, target) in _options.Columns)
        {
            var path = $"options.columns[\"{header}\"]";
            var isField = ImportColumn.KeyOf(target) is not null;
            _checks.Require(
                target.Length == 0 || isField || (_contacts ? s_contactTargets : s_opportunityTargets).Contains(target),
                path,
                $"\"{target}\" is not an attribute; write a custom field as fields.KEY");
            _checks.Require(target.Length == 0 || _targets.All(taken => taken.Value != target || taken.Key == header), path, "another column has this target");
            _targets[header] = target;
            CheckKey(header, target);
        }
    }

    // The first column with a usual header maps to the attribute; a second one, for example a mobile phone after a phone, becomes a custom field.
    private void AssignUsual()
    {
        foreach (var header in _headers.Where(header => !_targets.ContainsKey(header) && !_unnamed.Contains(header) && !IsTags(header)))
        {
            var usual = UsualHeaders.Find(header, _contacts);
            var free = usual is not null && !_targets.ContainsValue(usual) && !_options.Types_.ContainsKey(header);
            var target = free ? usual! : IsFieldHeader(header) ? header : ImportColumn.FieldPrefix + header;
            _targets[header] = target;
            CheckKey(header, target);
        }
    }

    // An export names a custom field so where its key alone would mean something else.
    private bool IsFieldHeader(string header) => ImportColumn.KeyOf(header) is { Length: > 0 } key && !(_names.Contains(key) && IsField(key));

    private bool IsField(string header) => UsualHeaders.Find(header, _contacts) is null && !IsTags(header);

    private bool IsTags(string header) => TagCells.Of(_options, header) is not null;

    private ImportColumn ToColumn(string header, int index) => new(index, header, _targets.GetValueOrDefault(header, ""))
    {
        Tags = TagCells.Of(_options, header),
        Form = FormOf(header),
        IsUnnamed = _unnamed.Contains(header) && !_targets.ContainsKey(header),
        IsUnmapped = !_options.Columns.ContainsKey(header) && ImportColumn.KeyOf(_targets.GetValueOrDefault(header, "")) is not null,
        // Most columns have none of their own.
        Missing = _options.Missing.ContainsKey(header) ? Missing(header).Concat(_missing).ToHashSet(StringComparer.Ordinal) : _missing,
    };

    private TextForm FormOf(string header)
    {
        var form = _options.DateFormats.TryGetValue(header, out var dates) ? _form with { Dates = DateForm.Of(dates) } : _form;
        return _options.NumberFormats.TryGetValue(header, out var numbers)
            ? form with { Numbers = numbers.Decimal == "," ? NumberForm.Comma : NumberForm.Point }
            : form;
    }

    private IEnumerable<string> Missing(string key) =>
        _options.Missing.TryGetValue(key, out var list) ? list.Values.Select(value => value.Trim()) : [];

    private void CheckKey(string header, string target)
    {
        if (ImportColumn.KeyOf(target) is { } key)
        {
            var problem = FieldChecklist.KeyProblem(key, _contacts ? Field.Types.Target.Contact : Field.Types.Target.Opportunity);
            _checks.Require(
                problem is null, $"options.columns[\"{header}\"]", $"the custom field key \"{key}\" {problem}; name another target, or an empty one to skip the column");
        }
    }

    private void Assign(string header, string target)
    {
        if (header.Length > 0 && _names.Contains(header))
        {
            _checks.Require(!_targets.ContainsKey(header), "options", $"the column \"{header}\" is named for two purposes");
            _targets[header] = target;
        }
    }

    private void RequireColumn(string option, string header) =>
        _checks.Require(header.Length == 0 || _names.Contains(header), $"options.{option}", $"the file has no column \"{header}\"");

    private void RequireColumns(string option, IEnumerable<string> headers)
    {
        foreach (var header in headers)
        {
            RequireColumn($"{option}[\"{header}\"]", header);
        }
    }
}
