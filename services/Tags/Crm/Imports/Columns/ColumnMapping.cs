using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Files;
using Target = Crm.Contacts.V1.Field.Types.Target;

namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>Finds for each column of a file where its values go, from the options and the usual headers.</summary>
internal sealed class ColumnMapping
{
    /// <summary>The target of the time at which a contact was created.</summary>
    public const string CreatedTarget = "created";

    /// <summary>The target of a column that holds first and last name.</summary>
    public const string FullNameTarget = "full_name";

    private static readonly string[] s_contactTargets =
        [.. ContactAttribute.All.Select(attribute => attribute.Name), "do_not_disturb", CreatedTarget, FullNameTarget, .. ConsentTarget.Names];

    private static readonly string[] s_opportunityTargets = ["external_id", "contact", "name", "stage", "amount", "opened", "closed"];
    private static readonly string[] s_keyTargets = ["external_id", "contact"];

    private readonly string[] _headers;
    private readonly HashSet<string> _names;
    private readonly HashSet<string> _missing;
    private readonly ImportOptions _options;
    private readonly bool _contacts;
    private readonly IReadOnlySet<string> _unnamed;
    private readonly TextForm _form;
    private readonly FieldChecks _checks = new();
    private readonly List<Purpose> _purposes = [];

    private ColumnMapping(RowTable table, ImportOptions options, TextForm form)
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
    public static IReadOnlyList<ImportColumn> Map(RowTable table, ImportOptions options, TextForm form)
    {
        var mapping = new ColumnMapping(table, options, form);
        mapping.CheckNames();
        mapping._checks.ThrowIfAny();
        mapping.AssignRoles();
        mapping.AssignNamed();
        mapping.AssignUsual();
        var constants = mapping.Constants();
        mapping._checks.ThrowIfAny();
        return [.. table.Headers.SelectMany(mapping.ToColumns), .. constants];
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
        RequireColumns("types", _options.Types_.Keys.Where(key => !_options.Constants.ContainsKey(key)));
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
        Assign(_options.ExternalIdColumn, "external_id", "external_id_column");
        if (!_contacts)
        {
            Assign(_options.ContactColumn, "contact", "contact_column");
            Assign(_options.StageColumn, "stage", "stage_column");
            Assign(_options.AmountColumn, "amount", "amount_column");
            Assign(_options.OpenedColumn, "opened", "opened_column");
            Assign(_options.ClosedColumn, "closed", "closed_column");
        }
    }

    private void AssignNamed()
    {
        foreach (var (header, target) in _options.Columns)
        {
            var option = $"columns[\"{header}\"]";
            CheckTarget(target, option);
            CheckKey(header, target);
            Assign(header, target, option);
        }
    }

    // A key can have another use: the id of an opportunity is often that of its contact.
    private void Assign(string header, string target, string option)
    {
        if (header.Length == 0 || !_names.Contains(header))
        {
            return;
        }

        _checks.Require(
            target.Length == 0 || _purposes.All(other => other.Target != target || other.Header == header), $"options.{option}", "another column has this target");
        var same = _purposes.FindAll(other => other.Header == header && other.Target != target);
        if (same.Find(other => !s_keyTargets.Contains(other.Target) && !s_keyTargets.Contains(target)) is { } clash)
        {
            _checks.Require(false, $"options.{option}", $"the column \"{header}\" is named for two purposes, {clash.Option} and {option}");
        }

        _purposes.Add(new(header, target, option));
    }

    // The first column with a usual header maps to the attribute; a second one, for example a mobile phone after a phone, becomes a custom field.
    private void AssignUsual()
    {
        foreach (var header in _headers.Where(header => !IsAssigned(header) && !_unnamed.Contains(header) && !IsTags(header)))
        {
            var usual = UsualHeaders.Find(header, _contacts);
            var free = usual is not null && _purposes.TrueForAll(other => other.Target != usual) && !_options.Types_.ContainsKey(header);
            var target = free ? usual! : IsFieldHeader(header) ? header : ImportColumn.FieldPrefix + header;
            var notice = free || IsFieldHeader(header) ? null : BuiltInHeader.Notice(header, FieldTarget, out target);
            _purposes.Add(new(header, target, "") { Notice = notice });
            CheckKey(header, target);
        }
    }

    private List<ImportColumn> Constants()
    {
        var constants = new List<ImportColumn>();
        foreach (var (target, value) in _options.Constants)
        {
            var option = $"constants[\"{target}\"]";
            var isTags = _contacts && target == "tags";
            var column = _purposes.Find(other => other.Target == target);
            if (!isTags)
            {
                CheckTarget(target, option);
                CheckKey(target, target);
            }

            _checks
                .Require(target.Length > 0, $"options.{option}", "has no target")
                .Require(column is null, $"options.{option}", $"the column \"{column?.Header}\" has this target")
                .Require(target != "external_id" && !(_options.MatchEmail && target == "email"), $"options.{option}", "rows are matched by it, so it cannot be the same for all")
                .Require(!string.IsNullOrWhiteSpace(value), $"options.{option}", "has no value");
            constants.Add(new(-1, target, isTags ? "" : target)
            {
                Constant = value,
                Tags = isTags ? new(TagCells.OfLists(_options), "") : null,
                Form = _form,
            });
        }

        return constants;
    }

    private Target FieldTarget => _contacts ? Target.Contact : Target.Opportunity;

    private bool IsAssigned(string header) => _purposes.Exists(purpose => purpose.Header == header);

    // An export names a custom field so where its key alone would mean something else.
    private bool IsFieldHeader(string header) => ImportColumn.KeyOf(header) is { Length: > 0 } key && !(_names.Contains(key) && IsField(key));

    private bool IsField(string header) => UsualHeaders.Find(header, _contacts) is null && !IsTags(header);

    private bool IsTags(string header) => TagCells.Of(_options, header) is not null;

    private IEnumerable<ImportColumn> ToColumns(string header, int index)
    {
        var purposes = _purposes.Where(purpose => purpose.Header == header).DistinctBy(purpose => purpose.Target).DefaultIfEmpty(new(header, "", ""));
        return purposes.Select((purpose, place) => new ImportColumn(index, header, purpose.Target)
        {
            Tags = place == 0 ? TagCells.Of(_options, header) : null,
            Form = FormOf(header),
            IsUnnamed = _unnamed.Contains(header) && !IsAssigned(header),
            IsUnmapped = !_options.Columns.ContainsKey(header) && ImportColumn.KeyOf(purpose.Target) is not null,
            Notice = purpose.Notice,
            // Most columns have none of their own.
            Missing = _options.Missing.ContainsKey(header) ? Missing(header).Concat(_missing).ToHashSet(StringComparer.Ordinal) : _missing,
        });
    }

    private TextForm FormOf(string header)
    {
        var form = _options.DateFormats.TryGetValue(header, out var dates) ? _form with { Dates = DateForm.Of(dates) } : _form;
        return _options.NumberFormats.TryGetValue(header, out var numbers)
            ? form with { Numbers = numbers.Decimal == "," ? NumberForm.Comma : NumberForm.Point }
            : form;
    }

    private IEnumerable<string> Missing(string key) =>
        _options.Missing.TryGetValue(key, out var list) ? list.Values.Select(value => value.Trim()) : [];

    private void CheckTarget(string target, string option) => _checks.Require(
        target.Length == 0 || ImportColumn.KeyOf(target) is not null || (_contacts ? s_contactTargets : s_opportunityTargets).Contains(target),
        $"options.{option}",
        $"\"{target}\" is not an attribute; write a custom field as fields.KEY");

    private void CheckKey(string header, string target)
    {
        if (ImportColumn.KeyOf(target) is { } key)
        {
            var problem = FieldChecklist.KeyProblem(key, FieldTarget);
            _checks.Require(
                problem is null, $"options.columns[\"{header}\"]", $"the custom field key \"{key}\" {problem}; name another target, or an empty one to skip the column");
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

    /// <summary>What a column is for, and the option that says so.</summary>
    private sealed record Purpose(string Header, string Target, string Option)
    {
        public ImportNotice? Notice { get; init; }
    }
}
