using System.Text;
using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Encodings;
using TagSegments.Tags.Crm.Imports.Files;

namespace TagSegments.Tags.Crm.Imports.Guesses;

/// <summary>Columns whose letters another program has misread before it wrote the file: says so, and which option reads them right.</summary>
internal sealed class MisreadValues(ImportSettings settings)
{
    // Files are made from several sources, and not all of them must be broken.
    private const int OneOf = 4;
    private readonly Seen[] _seen = [.. settings.Columns.Where(column => column.Constant is null).DistinctBy(column => column.Index).Select(column => new Seen(column))];

    /// <summary>Takes a row into account.</summary>
    public void Add(CsvRow row)
    {
        foreach (var seen in _seen)
        {
            var cell = row.Cells[seen.Column.Index];
            // Most values are plain.
            if (!Ascii.IsValid(cell))
            {
                seen.Add(cell, row.Line);
            }
        }
    }

    /// <summary>Names each such column.</summary>
    public IEnumerable<ImportNotice> Notices() => _seen.Select(seen => seen.Notice()).OfType<ImportNotice>();

    private sealed class Seen
    {
        private readonly (long Count, long Line, string Text)[] _fits = new (long, long, string)[MisreadText.Usual.Count];
        private long _values;

        public Seen(ImportColumn column)
        {
            Column = column;
            if (!Ascii.IsValid(column.Header))
            {
                Add(column.Header, 1);
            }
        }

        public ImportColumn Column { get; }

        public void Add(string text, long line)
        {
            _values++;
            for (var i = 0; i < _fits.Length; i++)
            {
                if (MisreadText.Usual[i].Fits(text))
                {
                    _fits[i] = _fits[i].Count == 0 ? (1, line, text) : _fits[i] with { Count = _fits[i].Count + 1 };
                }
            }
        }

        public ImportNotice? Notice()
        {
            var (index, (count, line, text)) = _fits.Index().MaxBy(fit => fit.Item.Count);
            var misread = MisreadText.Usual[index];
            return count == 0 || OneOf * count < _values ? null : new()
            {
                Kind = ImportNotice.Types.Kind.LooksMisread,
                Column = Column.Header,
                Rows = count,
                Message = $"Of {_values} values with letters beyond English, {count} look as if a program had taken UTF-8 for {misread.Taken}: \"{GuessNotices.Short(text)}\" in line {line} would be "
                    + $"\"{GuessNotices.Short(misread.Repair(text))}\". They stay as they are; the encoding {misread.Name} reads them right.",
            };
        }
    }
}
