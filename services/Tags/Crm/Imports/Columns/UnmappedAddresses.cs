using Crm.Contacts.V1;
using TagSegments.Csv;
using TagSegments.Tags.Crm.Imports.Files;
using Target = Crm.Contacts.V1.Field.Types.Target;

namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>Columns with e-mail addresses in a file of contacts of which no column goes to the attribute: the contacts would have no address.</summary>
internal sealed class UnmappedAddresses(ImportSettings settings)
{
    private readonly Seen[] _seen = settings.Target != Target.Contact || settings.Find("email") is not null ? []
        : [.. settings.Columns.Where(column => column.IsUnmapped).Select(column => new Seen(column))];

    /// <summary>Takes a row into account.</summary>
    public void Add(CsvRow row)
    {
        foreach (var seen in _seen)
        {
            if (seen.Column.Read(row) is { } text)
            {
                seen.Rows++;
                seen.Addresses += EmailAddress.DomainOf(WrittenAddress.Of(text)) is { } domain && domain.Contains('.', StringComparison.Ordinal) ? 1 : 0;
            }
        }
    }

    /// <summary>Names each column of which most values are addresses.</summary>
    public IEnumerable<ImportNotice> Notices() => _seen.Where(seen => seen.Addresses > 0 && 2 * seen.Addresses >= seen.Rows).Select(seen => new ImportNotice
    {
        Kind = ImportNotice.Types.Kind.LooksLikeEmail,
        Column = seen.Column.Header,
        Rows = seen.Addresses,
        Message = $"{seen.Addresses} of the values are e-mail addresses, but no column goes to the attribute email, so the contacts get no address from this file. Map the column to email, or to "
            + "fields.KEY if it is to be a field.",
    });

    private sealed class Seen(ImportColumn column)
    {
        public ImportColumn Column { get; } = column;

        public long Rows { get; set; }

        public long Addresses { get; set; }
    }
}
