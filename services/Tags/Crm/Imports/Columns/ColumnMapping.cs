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

    /// <summary>The target of the column of do-not-disturb.</summary>
    public const string DoNotDisturbTarget = "do_not_disturb";

    /// <summary>The target of the number of a contact, in exports of this product only.</summary>
    public const string NumberTarget = "contact_id";

    /// <summary>The target of the time at which a contact was last changed, in exports of this product only.</summary>
    public const string UpdatedTarget = "updated";

    private static readonly string[] s_ownTargets = [NumberTarget, UpdatedTarget];

    private static readonly string[] s_contactTargets =
        [.. ContactAttribute.All.Select(attribute => attribute.Name), DoNotDisturbTarget, CreatedTarget, FullNameTarget, .. ConsentTarget.Names];

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
        new NamedColumns(table.Headers, options, mapping._checks).Check();
        mapping._checks.ThrowIfAny();
        mapping.AssignRoles();
        mapping.AssignNamed();
        mapping.AssignUsual();
        mapping.CheckTypes();
        var constants = mapping.Constants();
        mapping._checks.ThrowIfAny();
        return [.. table.Headers.SelectMany(mapping.ToColumns), .. constants];
    }

    /// <summary>True if the row number replaces an external id column.</summary>
    public static bool NumbersRows(string[] headers, ImportOptions options) =>
        options.ExternalIdColumn == "row" && !headers.Contains("row");

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
        var plain = _headers.Select(PlainText.Of).ToHashSet(StringComparer.Ordinal);
        foreach (var header in _headers.Where(header => !IsAssigned(header) && !_unnamed.Contains(header) && !IsTags(header)))
        {
            var usual = UsualHeaders.Find(header, _contacts) ?? (_contacts ? UsualHeaders.FindBeside(header, plain) : null);
            var free = usual is not null && _purposes.TrueForAll(other => other.Target != usual);
            var target = free ? usual! : IsFieldHeader(header) ? header : ImportColumn.FieldPrefix + header;
            var notice = free || IsFieldHeader(header) ? null : BuiltInHeader.Notice(header, FieldTarget, out target) ?? TagsNotice(header);
            _purposes.Add(new(header, target, "") { Notice = notice });
            CheckKey(header, target);
        }
    }

    private ImportNotice? TagsNotice(string header) => !_contacts || _options.From == ImportOptions.Types.Tool.Tagsegments || !UsualHeaders.LooksLikeTags(header) ? null : new()
    {
        Kind = ImportNotice.Types.Kind.LooksLikeTags,
        Column = header,
        Message = "The column looks like tags, and becomes a custom field: tags_columns makes tags of its values. Map it to fields.KEY if it is to be a field.",
    };

    // A type takes no attribute away from its column: an address that is to be a number would leave contacts without one.
    private void CheckTypes()
    {
        foreach (var purpose in _purposes.Where(purpose => _options.Types_.ContainsKey(purpose.Header) && purpose.Target.Length > 0 && ImportColumn.KeyOf(purpose.Target) is null))
        {
            _checks.Require(
                _purposes.Exists(other => other.Header == purpose.Header && ImportColumn.KeyOf(other.Target) is not null),
                $"options.types[\"{purpose.Header}\"]",
                $"the column goes to the attribute {purpose.Target}, which has a type of its own; map it to fields.KEY to make a custom field of it");
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
            IsPhoneWithoutPlus = _options.PhonesWithoutPlus.Contains(header),
            NamesDates = _options.DateFormats.ContainsKey(header),
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
        form = HeaderZone.Find(header) is { } zone ? form with { Zone = zone } : form;
        return _options.NumberFormats.TryGetValue(header, out var numbers)
            ? form with { Numbers = numbers.Decimal == "," ? NumberForm.Comma : NumberForm.Point }
            : form;
    }

    private IEnumerable<string> Missing(string key) =>
        _options.Missing.TryGetValue(key, out var list) ? list.Values.Select(value => value.Trim()) : [];

    private void CheckTarget(string target, string option) => _checks.Require(
        target.Length == 0 || ImportColumn.KeyOf(target) is not null || (_contacts ? s_contactTargets : s_opportunityTargets).Contains(target)
            || (_options.From == ImportOptions.Types.Tool.Tagsegments && s_ownTargets.Contains(target)),
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

    /// <summary>What a column is for, and the option that says so.</summary>
    private sealed record Purpose(string Header, string Target, string Option)
    {
        public ImportNotice? Notice { get; init; }
    }
}
