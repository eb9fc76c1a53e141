using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Consents;
using TagSegments.Tags.Crm.Imports.Contacts;
using TagSegments.Tags.Crm.Imports.Fields;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Tags.Crm.Imports.Guesses;
using TagSegments.Tags.Crm.Imports.Opportunities;

namespace TagSegments.Tags.Crm.Imports;

/// <summary>The look through a whole file before any of it is imported, and what was learnt.</summary>
internal sealed class FileLook(ImportSettings settings, ImportFields fields, IReadOnlyList<ImportNotice> ofFile, BackgroundTurns turns)
{
    // A file can be long: calls, and the work of other accounts, come in between.
    private const int RowsAtOnce = 500;

    private readonly UnnamedColumns _unnamed = new(settings.Columns);
    private readonly UnmappedAddresses _addresses = new(settings);
    private readonly MisreadValues _misread = new(settings);

    /// <summary>The custom fields of the columns.</summary>
    public ImportFields Fields => fields;

    /// <summary>The stages that the file names.</summary>
    public StageNames Stages { get; } = new(settings);

    /// <summary>The columns that look like a status of subscription.</summary>
    public SubscriptionGuess Guess { get; } = new(settings);

    /// <summary>The addresses with something around them.</summary>
    public WrittenAddresses Written { get; } = new(settings);

    /// <summary>The keys that several rows have.</summary>
    public RowKeys Keys { get; } = new(settings);

    /// <summary>Looks at every row and returns their number.</summary>
    public async Task<long> RunAsync(RowTable table, CancellationToken ct)
    {
        await fields.BeginAsync(ct);
        var rows = 0L;
        using var reader = table.Read().GetEnumerator();
        for (var goesOn = true; goesOn;)
        {
            goesOn = await turns.RunAsync(settings.Account, () => Task.FromResult(LookAtSome()), ct);
        }

        fields.Conclude(table);
        Keys.Complete();
        return rows;

        bool LookAtSome()
        {
            for (var i = 0; i < RowsAtOnce; i++)
            {
                ct.ThrowIfCancellationRequested();
                if (!reader.MoveNext())
                {
                    return false;
                }

                rows++;
                Look(reader.Current);
            }

            return true;
        }
    }

    /// <summary>Says what was guessed or left out.</summary>
    public IEnumerable<ImportNotice> Notices() =>
    [
        .. ExportedContact.Notices(settings), .. settings.Columns.Select(column => column.Notice).OfType<ImportNotice>(), .. _unnamed.Notices(), .. _addresses.Notices(), .. Written.Notices(), .. Guess.Notices(),
        .. fields.Notices(), .. _misread.Notices(), .. ofFile,
    ];

    /// <summary>Returns the plan, without the parts that are for opportunities only.</summary>
    public ImportPlan ToPlan(RowTable table, PlannedFields planned, long rows) => new()
    {
        Rows = rows,
        Delimiter = table.Delimiter == default ? "" : table.Delimiter.ToString(),
        Encoding = table.Encoding.WebName,
        EncodingGuessed = ofFile.Any(notice => notice.Kind == ImportNotice.Types.Kind.EncodingGuessed),
        Columns = { settings.Columns.Select(column => ToPlan(column, planned.ByColumn.GetValueOrDefault(column))) },
        FieldsCreated = { planned.Created.Select(PlannedFields.WithoutNumber) },
        ChoicesAdded = { planned.Extended },
        Notices = { Notices() },
    };

    private ImportColumnPlan ToPlan(ImportColumn column, Field? field) => new()
    {
        Header = column.Header,
        Target = column.Target,
        Type = field?.Type ?? Field.Types.Type.Unspecified,
        TypeInferred = fields.IsInferred(column),
        Tags = column.Tags is not null,
        Prefix = column.Tags?.Prefix ?? "",
        Separators = { column.Tags?.Separators ?? (field?.Type == Field.Types.Type.MultipleChoice ? column.Form.ListSeparators : []) },
        DateFormat = column.Form.Dates.Name,
        Decimal = column.Form.Numbers.DecimalMark.ToString(),
    };

    private void Look(CsvRow row)
    {
        if (row.Problem is not null)
        {
            return;
        }

        fields.Look(row);
        Stages.Add(row);
        Guess.Add(row);
        _unnamed.Add(row);
        _addresses.Add(row);
        _misread.Add(row);
        Written.Add(row);
        Keys.Add(row);
    }
}
