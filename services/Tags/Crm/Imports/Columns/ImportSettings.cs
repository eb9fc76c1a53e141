using Crm.Contacts.V1;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Accounts;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Files;

namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>The options of an import, checked and read against the header of its file.</summary>
internal sealed record ImportSettings(AccountInfo Account, ChangeCause Cause, IReadOnlyList<ImportColumn> Columns)
{
    /// <summary>The target of the column that holds the stage of an opportunity, which every import of opportunities has.</summary>
    public const string StageTarget = "stage";

    // As many as a file has columns, and far more than values mean missing.
    private const int MaxNames = 2_000;
    private const int MaxMissing = 100;
    private const int MaxConstants = 100;
    private const int MaxSeparators = 20;

    /// <summary>The kind of the rows, contacts or opportunities.</summary>
    public required Field.Types.Target Target { get; init; }

    /// <summary>Types set by header.</summary>
    public required IDictionary<string, Field.Types.Type> Types { get; init; }

    /// <summary>The form of dates that the options name for all columns.</summary>
    public DateForm Dates { get; init; } = DateForm.Iso;

    /// <summary>What separates the choices of columns that are lists; empty if no column is found to be one.</summary>
    public string ListSeparator { get; init; } = "";

    /// <summary>True if the row number is the external id.</summary>
    public bool NumbersRows { get; init; }

    /// <summary>True if rows without external id are matched by e-mail address.</summary>
    public bool MatchEmail { get; init; }

    /// <summary>True for an export of this product.</summary>
    public bool IsOwnExport { get; init; }

    /// <summary>True if an import may make contacts mailable that refuse messages.</summary>
    public bool LoosensRefusals { get; init; }

    /// <summary>True if a value that cannot be read is left out, and its row is imported without it.</summary>
    public bool DropsBadValues { get; init; }

    /// <summary>True if nothing is written.</summary>
    public bool DryRun { get; init; }

    /// <summary>True if the keys of all rows are compared first.</summary>
    public bool ComparesKeys => DryRun || KeepsFirst || Existing != ImportOptions.Types.Existing.Update;

    /// <summary>What a row does to a contact or opportunity that existed before the import.</summary>
    public ImportOptions.Types.Existing Existing { get; init; } = ImportOptions.Types.Existing.Update;

    /// <summary>True if the first of several rows with the same key counts.</summary>
    public bool KeepsFirst { get; init; }

    /// <summary>True if a bad row keeps all others from being imported.</summary>
    public bool AllOrNothing { get; init; }

    /// <summary>The pipeline of imported opportunities.</summary>
    public string Pipeline { get; init; } = "";

    /// <summary>Runs the checks that do not depend on the file. Throws INVALID_ARGUMENT with every problem.</summary>
    public static void Check(ImportOptions options)
    {
        var checks = new FieldChecks();
        checks
            .Require(Enum.IsDefined(options.Kind), "options.kind", "is not a known kind")
            .Require(Enum.IsDefined(options.From), "options.from", "is not a known tool")
            .Require(
                options.From == ImportOptions.Types.Tool.Unspecified || options.Kind != ImportOptions.Types.Kind.Opportunities,
                "options.from",
                "is for contacts only")
            .Require(options.FileName.Length <= 200, "options.file_name", "is longer than 200 characters")
            .Require(!options.FileName.Any(char.IsControl), "options.file_name", "must not contain control characters")
            .Require(options.Delimiter.Length == 0 || IsDelimiter(options.Delimiter), "options.delimiter", "must be one ASCII character, not a quote or line break")
            .Require(options.Encoding.Length == 0 || FileEncoding.IsKnown(options.Encoding), "options.encoding", "is not the name of a known encoding")
            .Require(Enum.IsDefined(options.Format), "options.format", "is not a known format")
            .Require(options.Headers.Count <= MaxNames, "options.headers", $"has more than {MaxNames} entries")
            .Require(options.Headers.All(header => header.Trim().Length is > 0 and <= 500), "options.headers", "must have 1 to 500 characters each")
            .Require(options.Headers.Distinct().Count() == options.Headers.Count, "options.headers", "must differ from each other")
            .Require(CommonFormatProblem(options.DateFormat) is null, "options.date_format", CommonFormatProblem(options.DateFormat) ?? "")
            .Require(options.TagsSeparator.Length <= 100, "options.tags_separator", "is longer than 100 characters")
            .Require(options.ListSeparator.Length <= 20, "options.list_separator", "is longer than 20 characters")
            .Require(options.JsonColumns.Count <= MaxNames, "options.json_columns", $"has more than {MaxNames} entries")
            .Require(options.PhonesWithoutPlus.Count <= MaxNames, "options.phones_without_plus", $"has more than {MaxNames} entries")
            .Require(options.TagsColumns.Count <= MaxNames, "options.tags_columns", $"has more than {MaxNames} entries")
            .Require(options.Columns.Count <= MaxNames, "options.columns", $"has more than {MaxNames} entries")
            .Require(options.Types_.Count <= MaxNames, "options.types", $"has more than {MaxNames} entries")
            .Require(options.Missing.Count <= MaxNames, "options.missing", $"has more than {MaxNames} entries")
            .Require(
                options.Missing.Values.All(list => list.Values.Count <= MaxMissing), "options.missing", $"has more than {MaxMissing} values for one column")
            .Require(options.Constants.Count <= MaxConstants, "options.constants", $"has more than {MaxConstants} entries")
            .Require(Enum.IsDefined(options.Existing), "options.existing", "is not a known policy")
            .Require(Enum.IsDefined(options.Duplicates), "options.duplicates", "is not a known policy")
            .Require(options.Tags.Count <= MaxNames, "options.tags", $"has more than {MaxNames} entries")
            .Require(options.NumberFormats.Count <= MaxNames, "options.number_formats", $"has more than {MaxNames} entries")
            .Require(options.DateFormats.Count <= MaxNames, "options.date_formats", $"has more than {MaxNames} entries")
            .Require(
                options.Kind != ImportOptions.Types.Kind.Opportunities || options.Tags.Count == 0, "options.tags", "are for contacts only")
            .Require(options.TagsPrefix.Length <= 200, "options.tags_prefix", "is longer than 200 characters")
            .Require(options.Pipeline.Length <= 200, "options.pipeline", "is longer than 200 characters")
            .Require(!options.Pipeline.Any(char.IsControl), "options.pipeline", "must not contain control characters")
            .Require(options.ExternalIdColumn.Length == 0 || !options.MatchEmail, "options.match_email", "is for imports without an external id column")
            .Require(
                options.Kind != ImportOptions.Types.Kind.Opportunities || options.TagsColumns.Count == 0, "options.tags_columns", "are for contacts only")
            .Require(
                options.Kind != ImportOptions.Types.Kind.Opportunities || !options.MatchEmail, "options.match_email", "is for contacts only");
        CheckColumns(checks, options);
        checks.ThrowIfAny();
    }

    /// <summary>Reads the options against the header.</summary>
    public static ImportSettings Read(ImportOptions options, AccountInfo account, ChangeCause cause, RowTable table)
    {
        var form = new TextForm(DateForm.Of(options.DateFormat), NumberForm.Api, TagCells.OfLists(options), TimeZones.Get(account.TimeZone)) { IsForeign = options.From != ImportOptions.Types.Tool.Tagsegments };
        var columns = ColumnMapping.Map(table, options, form);
        if (options.Kind == ImportOptions.Types.Kind.Opportunities && columns.All(column => column.Target != StageTarget))
        {
            throw RpcErrors.InvalidField("options.stage_column", "is required for opportunities: the column with the stage");
        }

        CheckKey(options, columns);
        CheckTargets(options, columns);
        return new ImportSettings(account, cause, columns)
        {
            Target = options.Kind == ImportOptions.Types.Kind.Opportunities ? Field.Types.Target.Opportunity : Field.Types.Target.Contact,
            Types = options.Types_,
            Dates = form.Dates,
            ListSeparator = options.ListSeparator,
            NumbersRows = ColumnMapping.NumbersRows(table.Headers, options),
            MatchEmail = options.MatchEmail,
            IsOwnExport = options.From == ImportOptions.Types.Tool.Tagsegments,
            LoosensRefusals = options.LoosenRefusals && ExistingOf(options) == ImportOptions.Types.Existing.Update,
            DropsBadValues = options.DropBadValues,
            DryRun = options.DryRun,
            Existing = ExistingOf(options),
            KeepsFirst = options.Duplicates == ImportOptions.Types.Duplicates.First,
            AllOrNothing = options.AllOrNothing,
            Pipeline = options.Pipeline.Trim() is { Length: > 0 } name ? name : "Sales",
        };
    }

    /// <summary>The column with this target; null if there is none.</summary>
    public ImportColumn? Find(string target) => Columns.FirstOrDefault(column => column.Target == target);

    /// <summary>The column by whose values rows are matched; null if there is none.</summary>
    public ImportColumn? KeyColumn => Find("external_id") ?? (MatchEmail ? Find("email") : null);

    /// <summary>True if rows are matched by e-mail address.</summary>
    public bool ByEmail => MatchEmail && Find("external_id") is null;

    private static ImportOptions.Types.Existing ExistingOf(ImportOptions options) =>
        options.Existing == ImportOptions.Types.Existing.Unspecified ? ImportOptions.Types.Existing.Update : options.Existing;

    private static bool IsDelimiter(string text) => text is [var c] && char.IsAscii(c) && c is not ('"' or '\r' or '\n' or '\0');

    private static void CheckColumns(FieldChecks checks, ImportOptions options)
    {
        foreach (var (header, format) in options.DateFormats.Take(MaxNames))
        {
            checks.Require(DateFormatProblem(format) is null, $"options.date_formats[\"{header}\"]", DateFormatProblem(format) ?? "");
        }

        foreach (var (header, numbers) in options.NumberFormats.Take(MaxNames))
        {
            checks.Require(numbers.Decimal is "." or ",", $"options.number_formats[\"{header}\"].decimal", "must be a point or a comma");
        }

        foreach (var (header, tags) in options.Tags.Take(MaxNames))
        {
            var path = $"options.tags[\"{header}\"]";
            checks
                .Require(tags.Prefix.Length <= 200, $"{path}.prefix", "is longer than 200 characters")
                .Require(tags.Separators.Count <= MaxSeparators, $"{path}.separators", $"has more than {MaxSeparators} entries")
                .Require(tags.Separators.All(text => text.Length is > 0 and <= 100), $"{path}.separators", "must have 1 to 100 characters each")
                .Require(!tags.Single || tags.Separators.Count == 0, $"{path}.single", "is for columns without separators");
        }
    }

    // A key that is nowhere in the file would make a contact of every row, each time.
    private static void CheckKey(ImportOptions options, IReadOnlyList<ImportColumn> columns)
    {
        if (!options.MatchEmail)
        {
            return;
        }

        if (columns.All(column => column.Target != "email"))
        {
            throw RpcErrors.InvalidField("options.match_email", "the file has no column with e-mail addresses; map one with columns");
        }

        if (columns.FirstOrDefault(column => column.Target == "external_id") is { } other)
        {
            throw RpcErrors.InvalidField(
                "options.match_email",
                $"the column \"{other.Header}\" has external ids: match by it with external_id_column, or map it to fields.KEY or nothing to match by e-mail address");
        }
    }

    // Nothing of the rows would be imported, and each would be an empty contact.
    private static void CheckTargets(ImportOptions options, IReadOnlyList<ImportColumn> columns)
    {
        if (options.ExternalIdColumn.Length == 0 && columns.All(column => column.Constant is not null || (column.Target.Length == 0 && column.Tags is null)))
        {
            throw options.Headerless
                ? RpcErrors.InvalidField("options.headers", "no column has a name, so nothing would be imported: name them with headers, or map them by their numbers, for example columns[\"1\"] = \"email\"")
                : RpcErrors.InvalidField("options.columns", "no column goes anywhere, so nothing would be imported");
        }
    }

    // A format for all columns is one of dates with a year only: others would make times of numbers, or days of fractions.
    private static string? CommonFormatProblem(string format) => DateFormatProblem(format)
        ?? (format.Length > 0 && !DateForm.HasYear(format) ? "has no year: days of the year are for single columns, see date_formats"
            : DateForm.Of(format).HasEpoch ? "is for single columns, or all numbers were times: see date_formats"
            : null);

    private static string? DateFormatProblem(string format) =>
        format.Length > 100 ? "is longer than 100 characters"
        : format.Length > 0 && !DateForm.IsWhole(format) ? "has neither a year nor the day of a month"
        : null;
}
