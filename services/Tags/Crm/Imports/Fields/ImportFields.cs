using Crm.Contacts.V1;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Tags.Crm.Imports.Guesses;
using TagSegments.Tags.Crm.Imports.Columns;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Fields;

/// <summary>Prepares the custom fields of a file: infers their types, collects missing choices, plans what to create.</summary>
internal sealed class ImportFields(AccountDatabase database, FieldStore store, ImportSettings settings)
{
    private const int MostNamed = 20;
    private readonly ImportColumn[] _columns = [.. settings.Columns.Where(column => column.FieldKey is not null)];
    private readonly Dictionary<ImportColumn, ColumnGuess> _guesses = [];
    private readonly (ImportColumn Column, ColumnGuess Guess)[] _attributes = [.. AttributeGuesses(settings)];
    private readonly Dictionary<ImportColumn, SortedSet<string>> _choices = [];
    private FieldCatalog _catalog = new([]);

    /// <summary>Begins a look through the whole file: finds the fields that exist.</summary>
    public async Task BeginAsync(CancellationToken ct)
    {
        var known = await store.ListAsync(settings.Account.Id, ct);
        _catalog = new FieldCatalog([.. known.Where(field => field.Target == settings.Target)]);
        CheckTypes();
        CheckRoom(known.Count);
    }

    /// <summary>Looks at a row that can be read.</summary>
    public void Look(CsvRow row)
    {
        foreach (var column in _columns)
        {
            if (column.Read(row) is not { } text)
            {
                continue;
            }

            if (_choices.TryGetValue(column, out var choices))
            {
                // A value that can be no choice is left out here; its row is refused.
                choices.UnionWith((TypeOf(column) == Type.MultipleChoice ? column.Form.Split(text) : [text])
                    .Where(value => FieldChecklist.ChoiceProblem(value) is null)
                    .Take(FieldChecklist.MaxChoices + 1));
                CheckRoom(column, choices, row);
            }
            else if (_guesses.TryGetValue(column, out var guess))
            {
                guess.Add(guess.IsExact ? column.ReadLiteral(row)! : text, row.Line);
            }
        }

        foreach (var (column, guess) in _attributes)
        {
            if (column.Read(row) is { } text)
            {
                guess.Add(text, row.Line);
            }
        }
    }

    /// <summary>Ends the look at a file's rows.</summary>
    public void Conclude(RowTable table)
    {
        foreach (var (column, choices) in _choices)
        {
            CheckRoom(column, choices.Union(_catalog.Find(column.FieldKey!)?.Choices ?? []).ToArray(), null);
        }

        foreach (var (column, guess) in _guesses.Where(entry => entry.Value.IsExact && entry.Key.Index >= 0))
        {
            guess.Exclude(type => !table.CanBe(column.Index, type));
        }

        ColumnGuess.ConcludeAll([.. Guesses]);
    }

    /// <summary>Says how the values of columns are read where it is not plain.</summary>
    public IEnumerable<ImportNotice> Notices()
    {
        ImportNotice[] notices = [.. Guesses.Select(guess => guess.Notice).OfType<ImportNotice>(), .. LostChoices()];
        var form = settings.Dates.Name;
        return form.Length == 0 || notices.Any(notice => notice.Kind == ImportNotice.Types.Kind.ValuesInDoubt) || Guesses.Any(guess => guess.HasForm(form)) ? notices
            : [.. notices, new() { Kind = ImportNotice.Types.Kind.ValuesInDoubt, Message = $"No column has dates in the form {form}, which date_format names." }];
    }

    // An export has values, and no types. Those of other types show in how they are written.
    private IEnumerable<ImportNotice> LostChoices()
    {
        string[] texts = [.. _guesses.Where(guess => guess.Value is { IsExact: true, Type: Type.Text }).Select(guess => guess.Key.FieldKey!)];
        if (texts.Length > 0)
        {
            yield return new()
            {
                Kind = ImportNotice.Types.Kind.ExportKnown,
                Message = $"The account has no fields {string.Join(", ", texts.Take(MostNamed))}{(texts.Length > MostNamed ? $" and {texts.Length - MostNamed} more" : "")}, so they become "
                    + "texts: an export does not say which of them were choices. Create those before the import, or name them with types.",
            };
        }
    }

    /// <summary>Plans what the columns need. The numbers of new fields are taken now; those of an import that creates none stay unused.</summary>
    public async Task<PlannedFields> PlanAsync(CancellationToken ct)
    {
        var columns = _columns.Where(column => !IsEmpty(column)).ToList();
        var missing = columns.Count(column => _catalog.Find(column.FieldKey!) is null);
        var number = missing == 0 ? 0
            : settings.DryRun ? int.MaxValue - missing
            : await IdBlocks.TakeAsync(database, settings.Account.Id, "field", missing, ct);
        var (byColumn, created, extended) = (new Dictionary<ImportColumn, Field>(), new List<Field>(), new List<Field>());
        foreach (var column in columns)
        {
            var field = new Field { Key = column.FieldKey!, Target = settings.Target, Type = TypeOf(column), Choices = { Choices(column) } };
            if (_catalog.Find(field.Key) is not { } known)
            {
                field.FieldId = number++;
                created.Add(field);
            }
            else
            {
                string[] added = [.. field.Choices.Except(known.Choices)];
                field = known.Clone();
                field.Choices.Add(added);
                AddExtended(extended, known, added);
            }

            byColumn.Add(column, field);
        }

        return new PlannedFields(settings.Account.Id, byColumn, created, extended);
    }

    /// <summary>True if the type of a column's field was inferred from the values.</summary>
    public bool IsInferred(ImportColumn column) => _guesses.TryGetValue(column, out var guess) && guess.FindsType;

    private static void AddExtended(List<Field> extended, Field known, string[] added)
    {
        if (added.Length > 0)
        {
            extended.Add(new() { FieldId = known.FieldId, Key = known.Key, Target = known.Target, Type = known.Type, Choices = { added } });
        }
    }

    // A requested type must be that of the existing field; only columns of unknown type are inferred.
    private void CheckTypes()
    {
        var checks = new FieldChecks();
        foreach (var column in _columns)
        {
            var known = _catalog.Find(column.FieldKey!)?.Type;
            var asked = settings.Types.TryGetValue(column.Header, out var type) ? type : (Type?)null;
            var path = $"options.types[\"{column.Header}\"]";
            checks.Require(asked is null || (Enum.IsDefined(asked.Value) && asked != Type.Unspecified), path, "is not a known type");
            checks.Require(asked is null || known is null || asked == known, path, $"the field \"{column.FieldKey}\" exists with the type {known}");
            checks.Require(
                !column.NamesDates || (known ?? asked) is null or Type.Date or Type.DateTime or Type.YearlyDay,
                $"options.date_formats[\"{column.Header}\"]",
                $"the field \"{column.FieldKey}\" {(known is null ? "is to have" : "exists with")} the type {known ?? asked}, which is none of dates");
            if ((known ?? asked) is Type.SingleChoice or Type.MultipleChoice)
            {
                _choices.Add(column, new SortedSet<string>(StringComparer.Ordinal));
            }
            else if (known is null && asked is null)
            {
                _guesses.Add(
                    column,
                    column.NamesDates ? ColumnGuess.OfNamedDates(column)
                    : settings.IsOwnExport ? ColumnGuess.OfExport(column)
                    : ColumnGuess.OfType(column, settings.ListSeparator));
            }
            else if ((known ?? asked) is Type.Number or Type.Date or Type.DateTime or Type.YearlyDay)
            {
                _guesses.Add(column, ColumnGuess.OfForm(column, (known ?? asked)!.Value));
            }
        }

        CheckNames(checks);
        checks.ThrowIfAny();
    }

    // Two fields whose names differ in case or white space only are a mistake, unless they are there already.
    private void CheckNames(FieldChecks checks)
    {
        foreach (var twins in _columns.Where(column => column.IsUnmapped).GroupBy(column => HeaderNames.Loose(column.FieldKey!)).Where(group => group.Count() > 1))
        {
            var (first, second) = (twins.First(), twins.Last());
            checks.Require(
                twins.All(column => _catalog.Find(column.FieldKey!) is not null),
                $"options.columns[\"{second.Header}\"]",
                $"the columns {first.Index + 1} \"{first.Header}\" and {second.Index + 1} \"{second.Header}\" differ in case or white space only: map one of them to fields.KEY, or to nothing to leave it out");
        }
    }

    private static void CheckRoom(ImportColumn column, IReadOnlyCollection<string> choices, CsvRow? row)
    {
        if (choices.Count > FieldChecklist.MaxChoices)
        {
            var place = row is null ? "" : $"; the next is in line {row.Line}";
            throw RpcErrors.InvalidField(
                $"options.types[\"{column.Header}\"]", $"the column has more than {FieldChecklist.MaxChoices} choices{place}");
        }
    }

    private IEnumerable<ColumnGuess> Guesses => _guesses.Values.Concat(_attributes.Select(attribute => attribute.Guess));

    // The attributes that are times or numbers.
    private static IEnumerable<(ImportColumn Column, ColumnGuess Guess)> AttributeGuesses(ImportSettings settings)
    {
        foreach (var column in settings.Columns.Where(column => column.FieldKey is null))
        {
            if (column.Target is "amount")
            {
                yield return (column, ColumnGuess.OfForm(column, Type.Number));
            }
            else if (column.Target is "opened" or "closed")
            {
                yield return (column, ColumnGuess.OfForm(column, Type.Date));
            }
            else if (column.Target == ColumnMapping.CreatedTarget || ConsentTarget.Find(column.Target)?.Part is ConsentPart.Time or ConsentPart.OptOut)
            {
                yield return (column, ColumnGuess.OfForm(column, Type.Date, Type.DateTime));
            }
        }
    }

    private IEnumerable<string> Choices(ImportColumn column) =>
        _choices.TryGetValue(column, out var values) ? values : _guesses.TryGetValue(column, out var guess) ? guess.Choices : [];

    // Nothing tells the type of a new field: the next file may have numbers there. An export has its empty fields, too.
    private bool IsEmpty(ImportColumn column) =>
        column.IsUnmapped && _guesses.TryGetValue(column, out var guess) && guess is { FindsType: true, IsExact: false, HasValues: false };

    private Type TypeOf(ImportColumn column) =>
        _catalog.Find(column.FieldKey!)?.Type
        ?? (settings.Types.TryGetValue(column.Header, out var asked) ? asked : _guesses[column].Type);

    private void CheckRoom(int known)
    {
        var missing = _columns.Count(column => _catalog.Find(column.FieldKey!) is null);
        if (known + missing > FieldChecklist.MaxFields)
        {
            throw RpcErrors.InvalidField(
                "options.columns", $"the file needs {missing} new custom fields, and the account would then have more than {FieldChecklist.MaxFields}");
        }
    }
}
