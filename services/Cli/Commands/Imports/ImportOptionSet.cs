using System.CommandLine;
using System.Text;
using Crm.Contacts.V1;
using Spectre.Console;

namespace TagSegments.Cli.Commands.Imports;

/// <summary>The options of `import`, and their translation into those of the service.</summary>
internal sealed class ImportOptionSet
{
    private readonly Option<string> _kind = Options.Text("--kind", "The kind of rows: contacts (the default) or opportunities.", "kind").AcceptOnlyFrom("contacts", "opportunities");
    private readonly Option<string> _from = Options.Text("--from", "The tool that exported the file: its headers, tags and states are known.", "tool")
        .AcceptOnlyFrom("mailchimp", "hubspot", "mautic", "listmonk", "highlevel", "klaviyo", "activecampaign", "brevo", "keila", "tagsegments");
    private readonly Option<string> _delimiter = Options.Text("--delimiter", "The delimiter, one character or `tab`. Defaults to the most frequent of , ; tab | in the header.", "char");
    private readonly Option<string> _encoding = Options.Text("--encoding", "The encoding, for example windows-1250, iso-8859-2 or shift_jis; utf-8-as-windows-1252 puts back misread letters (MÃ¼ller). Defaults to the byte order mark, UTF-8, or what the letters look like.", "name");
    private readonly Option<string> _externalId = Options.Text("--external-id", "The column with the external id, or `row` to number the rows from 1. Rows whose id exists update.", "column");
    private readonly Option<bool> _matchEmail = new("--match-email") { Description = "Without an external id: update the contact with the same e-mail address." };
    private readonly Option<string[]> _columns = Options.Several("--map", "The target of a column: HEADER=ATTRIBUTE, HEADER=fields.KEY, HEADER=consent.email or opt_out.email (or sms), or HEADER= to skip it.", "header=value");
    private readonly Option<string[]> _types = Options.Several("--type", "The type of a custom field: HEADER=text|number|date|date_time|yearly_day|boolean|single_choice|multiple_choice.", "header=value");
    private readonly Option<string[]> _missing = Options.Several("--missing", "A value that means a missing value: HEADER=VALUE; * stands for every column.", "header=value");
    private readonly Option<string[]> _tagsColumns = Options.Several("--tags-column", "A column whose values are tags.", "column");
    private readonly Option<string[]> _tagsSeparators = Options.Several("--tags-separator", "A separator of tags in a cell, or HEADER=SEPARATOR for one column; '' if each cell is one tag. Defaults to , and ;", "text");
    private readonly Option<string[]> _tagsPrefixes = Options.Several("--tags-prefix", "A prefix for each tag, for example 'Job: ', or HEADER=PREFIX for one column.", "text");
    private readonly Option<string[]> _dateFormats = Options.Several("--date-format", "The format of dates, for example dd.MM.yyyy, or HEADER=FORMAT for one column, also unix, unix_ms and excel (otherwise found from all values).", "format");
    private readonly Option<string[]> _decimals = Options.Several("--decimal", "What separates the fraction of numbers in a column: HEADER=. or HEADER=, (otherwise found from all its values).", "header=mark");
    private readonly Option<string> _format = Options.Text("--format", "The format of the file: csv or json_lines, also for an array (otherwise found).", "format").AcceptOnlyFrom("csv", "json_lines");
    private readonly Option<bool> _headerless = new("--headerless") { Description = "The first row has values already: the columns are called 1, 2 and so on." };
    private readonly Option<string[]> _headers = Options.Several("--header", "The name of the next column of a file without a header.", "column");
    private readonly Option<string[]> _jsonColumns = Options.Several("--json-column", "A column of JSON objects: each of their values becomes a column.", "column");
    private readonly Option<string[]> _phonesWithoutPlus = Options.Several("--phone-without-plus", "A column of phone numbers with a country code and without a plus.", "column");
    private readonly Option<string> _listSeparator = Options.Text("--list-separator", "Make multiple choices of columns whose values it separates, for example ';'.");
    private readonly Option<bool> _backslashQuotes = new("--backslash-quotes") { Description = "Backslashes mark quotes within quotes." };
    private readonly Option<string> _contact = Options.Text("--contact", "Opportunities: the column with the contact's external id.", "column");
    private readonly Option<string> _stage = Options.Text("--stage", "Opportunities: the column with the stage. Stages called Won and Lost set the status.", "column");
    private readonly Option<string> _amount = Options.Text("--amount", "Opportunities: the column with the amount.", "column");
    private readonly Option<string> _opened = Options.Text("--opened", "Opportunities: the column with the opening date.", "column");
    private readonly Option<string> _closed = Options.Text("--closed", "Opportunities: the column with the closing date.", "column");
    private readonly Option<string> _pipeline = Options.Text("--pipeline", "Opportunities: the pipeline, created if missing. Defaults to Sales.", "name");
    private readonly Option<bool> _raw = new("--raw") { Description = "Read cells as they are: for a file that was exported with --raw." };
    private readonly Option<bool> _dropBadValues = new("--drop-bad-values") { Description = "Leave out a value that cannot be read and import the rest of its row." };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Write nothing: show what the import makes of the file, what it would do, and its first rows. The account must exist." };
    private readonly Option<string[]> _constants = Options.Several("--constant", "A value of all rows for a target without a column: stage=New, fields.source=Fair, tags=Fair.", "target=value");
    private readonly Option<string> _existing = Options.Text("--existing", "What a row does to what exists: update (the default), keep what is there and fill the rest, or skip the row.", "policy").AcceptOnlyFrom("update", "keep", "skip");
    private readonly Option<string> _duplicates = Options.Text("--duplicates", "Which of several rows with the same key counts: last (the default) or first.", "policy").AcceptOnlyFrom("last", "first");
    private readonly Option<bool> _allOrNothing = new("--all-or-nothing") { Description = "Import every row or none; up to 100,000 rows." };
    private readonly Option<bool> _loosenRefusals = new("--loosen-refusals") { Description = "Let the file make contacts mailable that are unsubscribed or want no messages now." };
    private readonly Option<bool> _skipWorkflows = new("--skip-workflows") { Description = "Do not notify workflows of the changes." };

    public void AddTo(Command command)
    {
        Option[] all =
        [
            _kind, _from, _delimiter, _encoding, _externalId, _matchEmail, _columns, _types, _missing, _tagsColumns, _tagsSeparators, _tagsPrefixes,
            _dateFormats, _decimals, _format, _headerless, _headers, _jsonColumns, _phonesWithoutPlus, _listSeparator, _backslashQuotes, _dropBadValues,
            _constants, _existing, _duplicates, _allOrNothing, _dryRun, _contact, _stage, _amount, _opened, _closed, _pipeline, _raw, _loosenRefusals, _skipWorkflows,
        ];
        foreach (var option in all)
            command.Options.Add(option);
    }

    public ImportOptions Read(Session session, string path)
    {
        var options = new ImportOptions
        {
            Kind = session.Get(_kind) == "opportunities" ? ImportOptions.Types.Kind.Opportunities : ImportOptions.Types.Kind.Contacts,
            From = session.Get(_from) is { } tool ? Enum.Parse<ImportOptions.Types.Tool>(tool, ignoreCase: true) : ImportOptions.Types.Tool.Unspecified,
            FileName = path is "-" ? "standard input" : ImportFiles.NameOf(path),
            Delimiter = session.Get(_delimiter) is var d and not ("tab" or "\\t") ? d ?? "" : "\t",
            Encoding = session.Get(_encoding) ?? "",
            ExternalIdColumn = session.Get(_externalId) ?? "",
            MatchEmail = session.Get(_matchEmail),
            Format = session.Get(_format) switch
            {
                "csv" => ImportOptions.Types.Format.Csv,
                "json_lines" => ImportOptions.Types.Format.JsonLines,
                _ => ImportOptions.Types.Format.Unspecified,
            },
            Headerless = session.Get(_headerless),
            Headers = { session.Get(_headers) ?? [] },
            JsonColumns = { session.Get(_jsonColumns) ?? [] },
            PhonesWithoutPlus = { session.Get(_phonesWithoutPlus) ?? [] },
            ListSeparator = session.Get(_listSeparator) ?? "",
            BackslashQuotes = session.Get(_backslashQuotes),
            DropBadValues = session.Get(_dropBadValues),
            DryRun = session.Get(_dryRun),
            AllOrNothing = session.Get(_allOrNothing),
            Existing = session.Get(_existing) switch
            {
                "keep" => ImportOptions.Types.Existing.Keep,
                "skip" => ImportOptions.Types.Existing.Skip,
                _ => ImportOptions.Types.Existing.Unspecified,
            },
            Duplicates = session.Get(_duplicates) == "first" ? ImportOptions.Types.Duplicates.First : ImportOptions.Types.Duplicates.Unspecified,
            ContactColumn = session.Get(_contact) ?? "",
            StageColumn = session.Get(_stage) ?? "",
            AmountColumn = session.Get(_amount) ?? "",
            OpenedColumn = session.Get(_opened) ?? "",
            ClosedColumn = session.Get(_closed) ?? "",
            Pipeline = session.Get(_pipeline) ?? "",
            Raw = session.Get(_raw),
            LoosenRefusals = session.Get(_loosenRefusals),
            SkipWorkflows = session.Get(_skipWorkflows),
        };
        AddTags(session, options);
        AddDateFormats(session, options);
        foreach (var (header, target) in Split(session, _columns))
            options.Columns[header] = target;
        foreach (var (header, mark) in Split(session, _decimals))
            options.NumberFormats[header] = new() { Decimal = mark };
        foreach (var (header, type) in Split(session, _types))
            options.Types_[header] = FieldType(header, type);
        foreach (var pair in session.Get(_constants) ?? [])
        {
            options.Constants[pair[..Math.Max(pair.IndexOf('=', StringComparison.Ordinal), 0)]] = pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..];
        }
        foreach (var group in Split(session, _missing).GroupBy(m => m.Header))
            options.Missing[group.Key] = new() { Values = { group.Select(m => m.Value) } };
        return options;
    }

    private void AddTags(Session session, ImportOptions options)
    {
        string[] columns = session.Get(_tagsColumns) ?? [];
        foreach (var column in columns)
        {
            var separators = OwnOrCommon(session.Get(_tagsSeparators) ?? [], column, columns);
            options.Tags[column] = new TagsColumn
            {
                Single = separators is [""],
                Separators = { separators.Where(text => text.Length > 0) },
                Prefix = OwnOrCommon(session.Get(_tagsPrefixes) ?? [], column, columns).LastOrDefault() ?? "",
            };
        }
    }

    // A format has no equals sign.
    private void AddDateFormats(Session session, ImportOptions options)
    {
        foreach (var format in session.Get(_dateFormats) ?? [])
        {
            if (format.LastIndexOf('=') is var at and > 0)
                options.DateFormats[format[..at]] = format[(at + 1)..];
            else
                options.DateFormat = format;
        }
    }

    // HEADER=VALUE is for one of the columns, any other text for those without a value of their own.
    private static string[] OwnOrCommon(string[] values, string column, string[] columns)
    {
        var own = values.Where(value => value.StartsWith($"{column}=", StringComparison.Ordinal)).Select(value => value[(column.Length + 1)..]).ToArray();
        return own.Length > 0 ? own : [.. values.Where(value => !columns.Any(other => value.StartsWith($"{other}=", StringComparison.Ordinal)))];
    }

    private static IEnumerable<(string Header, string Value)> Split(Session session, Option<string[]> option) => (session.Get(option) ?? []).Select(pair =>
        pair.LastIndexOf('=') is var at and > 0
            ? (pair[..at], pair[(at + 1)..])
            : throw new CliError($"{option.Name} {pair}: there is no column name before the equals sign.", $"Write {option.Name} HEADER=VALUE"));

    private static Field.Types.Type FieldType(string header, string name) =>
        Enum.TryParse<Field.Types.Type>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var type) && type is not Field.Types.Type.Unspecified
            ? type
            : throw new CliError($"--type {header}={name}: there is no type `{name}`.", "Use text, number, date, date_time, yearly_day, boolean, single_choice or multiple_choice.");
}
