using Crm.Contacts.V1;
using TagSegments.Csv;
using TagSegments.Tags.Crm.Imports.Files;

namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>E-mail addresses with something around them, such as a name: counts them, and says what is taken of them.</summary>
internal sealed class WrittenAddresses
{
    private readonly ImportColumn? _column;
    private long _rows;
    private long _named;

    public WrittenAddresses(ImportSettings settings)
    {
        _column = settings.Find("email");
        TakesNames = _column is not null && settings.Columns.All(column => column.Target is not ("first_name" or "last_name" or ColumnMapping.FullNameTarget));
    }

    /// <summary>True if the names beside the addresses are those of the contacts: no column has any.</summary>
    public bool TakesNames { get; }

    /// <summary>Takes a row into account.</summary>
    public void Add(CsvRow row)
    {
        if (_column?.ReadWritten(row) is { } written)
        {
            _rows++;
            _named += written.Name.Length > 0 ? 1 : 0;
        }
    }

    /// <summary>Returns the name beside the address of a row, if it is that of the contact.</summary>
    public string? NameOf(CsvRow row) => TakesNames && _column!.ReadWritten(row) is { Name.Length: > 0 } written ? written.Name : null;

    /// <summary>Says how many addresses were taken out of a longer text.</summary>
    public IEnumerable<ImportNotice> Notices()
    {
        if (_rows == 0)
        {
            yield break;
        }

        var names = _named == 0 ? ""
            : TakesNames ? $" The names beside {_named} of them are taken for contacts that have none, because no column has names."
            : $" The names beside {_named} of them are left out, because a column has names.";
        yield return new()
        {
            Kind = ImportNotice.Types.Kind.ValuesGuessed,
            Column = _column!.Header,
            Rows = _rows,
            Message = $"{_rows} of the values have more than an e-mail address, such as \"Ann <ann@x.example>\" or \"mailto:ann@x.example\": the address is taken.{names} "
                + "Map the column to fields.KEY to keep the texts as they are.",
        };
    }
}
