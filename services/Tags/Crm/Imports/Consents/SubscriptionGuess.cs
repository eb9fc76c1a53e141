using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Files;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>Looks through the columns that nobody mapped and that look like a status of subscription, and says what it makes of them.</summary>
internal sealed class SubscriptionGuess(ImportSettings settings)
{
    private const int MaxUnknownShown = 5;
    private readonly Seen[] _seen = SaysAll(settings) ? [] : [.. settings.Columns.Select(Candidate).OfType<RefusalColumn>().Select(column => new Seen(column))];

    /// <summary>The columns whose refusals are taken; complete once all rows have been looked at.</summary>
    public IReadOnlyList<RefusalColumn> Columns => [.. _seen.Where(seen => seen.Refuses).Select(seen => seen.Column)];

    /// <summary>Takes a row into account.</summary>
    public void Add(CsvRow row)
    {
        foreach (var seen in _seen)
        {
            if (seen.Column.Column.Read(row) is { } text)
            {
                seen.Add(text);
            }
        }
    }

    /// <summary>Says for each column what was taken from it and what was not understood.</summary>
    public IEnumerable<ImportNotice> Notices() => _seen.Select(seen => seen.Refuses || seen.IsDoubtful ? seen.Notice() : seen.Doubt()).OfType<ImportNotice>();

    private static RefusalColumn? Candidate(ImportColumn column) =>
        column.IsUnmapped && column.Tags is null && SubscriptionHeaders.Find(column.Header) is { } meaning ? new(column, meaning) : null;

    // An export of this product has the consent of each contact in columns of its own; its fields are fields.
    private static bool SaysAll(ImportSettings settings) =>
        settings.IsOwnExport && settings.Columns.Any(column => ConsentTarget.Find(column.Target) is { Part: ConsentPart.State });

    private sealed class Seen(RefusalColumn column)
    {
        private readonly SortedSet<string> _unknown = new(StringComparer.Ordinal);
        private readonly SortedSet<string> _doubtful = new(StringComparer.Ordinal);
        private long _refusals;
        private bool _isPlain;

        public RefusalColumn Column { get; } = column;

        public bool Refuses => _refusals > 0 && (!Column.Meaning.IsVague || _isPlain);

        /// <summary>True if the column is of people who opted out, and does not say who in a way that is understood.</summary>
        public bool IsDoubtful => _unknown.Count > 0 && Column.Meaning is { Part: SubscriptionPart.OptOut, IsVague: false };

        public void Add(string text)
        {
            var read = Column.Read(text);
            _refusals += read is { Refused.Length: > 0 } ? 1 : 0;
            if (Column.Meaning.IsVague && read is { Refused.Length: > 0 } && !ConsentWords.IsOfAnyTrade(text) && _doubtful.Count <= MaxUnknownShown)
            {
                _doubtful.Add(text);
            }

            _isPlain = _isPlain || (Column.Meaning.IsVague && read is not null && ConsentWords.IsPlain(text));
            if (read is null && _unknown.Count <= MaxUnknownShown)
            {
                _unknown.Add(text.Length > 40 ? text[..40] + "…" : text);
            }
        }

        /// <summary>Says that some of its words may refuse messages, where they are those of other trades, too; null if none does.</summary>
        public ImportNotice? Doubt() => _doubtful.Count == 0 ? null : new()
        {
            Kind = ImportNotice.Types.Kind.ValuesInDoubt,
            Column = Column.Column.Header,
            Rows = _refusals,
            Message = $"{_refusals} of the values may refuse messages ({Shown(_doubtful)}), or mean something else, so they were not taken as refusals. Map the column to {Column.Meaning.Target} if they "
                + "do, or to fields.KEY if they do not.",
        };

        public ImportNotice Notice()
        {
            var unknown = _unknown.Count == 0 ? ""
                : $" Not understood, and not taken: {Shown(_unknown)}.";
            return new ImportNotice
            {
                Kind = ImportNotice.Types.Kind.RefusalsTaken,
                Column = Column.Column.Header,
                Rows = _refusals,
                Message = $"The column looks like a status of subscription: {_refusals} of its rows refuse messages, and their contacts are unsubscribed."
                    + $"{unknown} Map the column to {Column.Meaning.Target} to take consent from it, too, or to fields.KEY to take neither.",
            };
        }

        private static string Shown(SortedSet<string> texts) => string.Join(", ", texts.Take(MaxUnknownShown)) + (texts.Count > MaxUnknownShown ? ", …" : "");
    }
}
