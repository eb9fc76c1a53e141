using Crm.Common.V1;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Files;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>Reads the consent of rows from the columns that the options map, and the refusals from columns that look like a status of subscription.</summary>
internal sealed class ConsentReader(ImportSettings settings, IReadOnlyList<ImportColumn> guessed, TimeProvider time)
{
    private const int MaxSource = 200;
    private readonly ConsentColumns[] _channels = [.. ConsentValue.Channels.Select(channel => new ConsentColumns(channel, settings, guessed))];

    /// <summary>Reads a row and reports what a mapped column cannot say.</summary>
    public StatedConsent[] Read(CsvRow row, RowReport report) =>
        [.. _channels.Where(channel => channel.Any).Select(channel => Read(row, channel, report)).OfType<StatedConsent>()];

    private StatedConsent? Read(CsvRow row, ConsentColumns channel, RowReport report)
    {
        var at = ReadTime(row, channel.Time, report);
        var state = ReadState(row, channel.State, report);
        var refusal = ReadOptOut(row, channel.OptOut, report) ?? GuessedRefusal(row, channel.Guessed);
        var source = channel.Source?.Read(row);
        return refusal is { } said ? new(channel.Channel, State.Unsubscribed, Source(source, said.Column, row), said.At ?? at)
            : state is State.Subscribed or State.Unsubscribed ? new(channel.Channel, state.Value, Source(source, channel.State!, row), at)
            : null;
    }

    // A word that is not understood refuses the row even where bad values are left out: without it, somebody might arrive mailable.
    private static State? ReadState(CsvRow row, ImportColumn? column, RowReport report)
    {
        if (column?.Read(row) is not { } text)
        {
            return null;
        }

        if (ConsentWords.TryRead(text, booleans: true, out var state))
        {
            return state;
        }

        report.Refuse(column.Header, "is no state of consent: subscribed, unsubscribed or never", text);
        return null;
    }

    private (ImportColumn Column, DateTime? At)? ReadOptOut(CsvRow row, ImportColumn? column, RowReport report)
    {
        if (column?.Read(row) is not { } text)
        {
            return null;
        }

        if (OptOutText.TryRead(text, column.Form, out var optsOut, out var at) && IsPast(at))
        {
            return optsOut ? (column, at) : null;
        }

        report.Refuse(column.Header, "is neither yes, no nor a past date", text);
        return null;
    }

    private DateTime? ReadTime(CsvRow row, ImportColumn? column, RowReport report)
    {
        if (column?.Read(row) is not { } text)
        {
            return null;
        }

        if (OptOutText.TryReadTime(text, column.Form, out var utc) && IsPast(utc))
        {
            return utc;
        }

        report.BadValue(column.Header, "is no past date or date-time", text);
        return null;
    }

    private (ImportColumn Column, DateTime? At)? GuessedRefusal(CsvRow row, ImportColumn[] columns)
    {
        foreach (var column in columns)
        {
            if (column.Read(row) is { } text && SubscriptionGuess.Read(column.Header, text, column.Form) is { Refuses: true, At: var at })
            {
                return (column, IsPast(at) ? at : null);
            }
        }

        return null;
    }

    private bool IsPast(DateTime? at) => at is not { } utc || (utc <= time.GetUtcNow().UtcDateTime && utc >= DateTime.UnixEpoch);

    // Says what the file said: the proof of a refusal.
    private static string Source(string? source, ImportColumn column, CsvRow row)
    {
        var text = string.Concat((source ?? $"import, {column.Header}: {column.Read(row)}").Select(c => char.IsControl(c) ? ' ' : c));
        return text.Length <= MaxSource ? text : text[..MaxSource];
    }

    /// <summary>The columns of a channel.</summary>
    private sealed class ConsentColumns(Channel channel, ImportSettings settings, IReadOnlyList<ImportColumn> guessed)
    {
        public Channel Channel { get; } = channel;

        public ImportColumn? State { get; } = Find(settings, channel, ConsentPart.State);

        public ImportColumn? OptOut { get; } = Find(settings, channel, ConsentPart.OptOut);

        public ImportColumn? Time { get; } = Find(settings, channel, ConsentPart.Time);

        public ImportColumn? Source { get; } = Find(settings, channel, ConsentPart.Source);

        public ImportColumn[] Guessed { get; } = [.. guessed.Where(column => SubscriptionHeaders.Find(column.Header)?.Channel == channel)];

        public bool Any => State is not null || OptOut is not null || Guessed.Length > 0;

        private static ImportColumn? Find(ImportSettings settings, Channel channel, ConsentPart part) => settings.Find(new ConsentTarget(channel, part).Name);
    }
}
