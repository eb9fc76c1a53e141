using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Files;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>Looks through the columns that nobody mapped and that look like a status of subscription, and says what it makes of them.</summary>
internal sealed class SubscriptionGuess(ImportSettings settings)
{
    private const int MaxUnknownShown = 5;
    private readonly List<Seen> _seen = [.. settings.Columns.Where(IsCandidate).Select(column => new Seen(column))];

    /// <summary>The columns whose refusals are taken; complete once all rows have been looked at.</summary>
    public IReadOnlyList<ImportColumn> Columns => [.. _seen.Where(seen => seen.Refuses).Select(seen => seen.Column)];

    /// <summary>Takes a row into account.</summary>
    public void Add(CsvRow row)
    {
        foreach (var seen in _seen)
        {
            if (seen.Column.Read(row) is { } text)
            {
                seen.Add(text, Read(seen.Column.Header, text, seen.Column.Form));
            }
        }
    }

    /// <summary>Says for each column what was taken from it and what was not understood.</summary>
    public IEnumerable<ImportNotice> Notices() => _seen.Where(seen => seen.Refuses).Select(seen => seen.Notice());

    /// <summary>Reads a value of a column by what its header usually means; null if the value says nothing of a subscription.</summary>
    public static (bool Refuses, DateTime? At)? Read(string header, string text, TextForm form)
    {
        if (SubscriptionHeaders.Find(header) is { Part: ConsentPart.OptOut })
        {
            return OptOutText.TryRead(text, form, out var optsOut, out var at) ? (optsOut, at) : null;
        }

        return ConsentWords.TryRead(text, !SubscriptionHeaders.IsVague(header), out var state) ? (state == State.Unsubscribed, null) : null;
    }

    private static bool IsCandidate(ImportColumn column) => column.IsUnmapped && column.Tags is null && SubscriptionHeaders.Find(column.Header) is not null;

    private sealed class Seen(ImportColumn column)
    {
        private readonly SortedSet<string> _unknown = new(StringComparer.Ordinal);
        private long _refusals;
        private bool _isPlain;

        public ImportColumn Column { get; } = column;

        public bool Refuses => _refusals > 0 && (!SubscriptionHeaders.IsVague(Column.Header) || _isPlain);

        public void Add(string text, (bool Refuses, DateTime? At)? read)
        {
            _refusals += read is { Refuses: true } ? 1 : 0;
            _isPlain = _isPlain || (read is not null && ConsentWords.IsPlain(text));
            if (read is null && _unknown.Count <= MaxUnknownShown)
            {
                _unknown.Add(text.Length > 40 ? text[..40] + "…" : text);
            }
        }

        public ImportNotice Notice()
        {
            var target = SubscriptionHeaders.Find(Column.Header)!.Value;
            var unknown = _unknown.Count == 0 ? ""
                : $" Not understood, and not taken: {string.Join(", ", _unknown.Take(MaxUnknownShown))}{(_unknown.Count > MaxUnknownShown ? ", …" : "")}.";
            return new ImportNotice
            {
                Kind = ImportNotice.Types.Kind.RefusalsTaken,
                Column = Column.Header,
                Rows = _refusals,
                Message = $"The column looks like a status of subscription: {_refusals} of its rows refuse messages, and their contacts are unsubscribed."
                    + $"{unknown} Map the column to {target.Name} to take consent from it, too, or to fields.KEY to take neither.",
            };
        }
    }
}
