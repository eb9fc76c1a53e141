using Crm.Common.V1;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Files;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>Reads the consent of rows from the columns that the options map, and the refusals from those that look like a status of subscription.</summary>
internal sealed class ConsentReader(ImportSettings settings, IReadOnlyList<ImportColumn> guessed, TimeProvider time)
{
    private const int MaxSource = 200;
    private readonly ConsentColumns[] _channels = [.. ConsentValue.Channels.Select(channel => new ConsentColumns(channel, settings, guessed))];

    /// <summary>Reads a row; false if a mapped column cannot be read, which it reports.</summary>
    public bool TryRead(CsvRow row, Action<string, string> report, out StatedConsent[] consents)
    {
        var read = new List<StatedConsent>();
        var ok = true;
        foreach (var channel in _channels.Where(channel => channel.Any))
        {
            ok &= TryRead(row, channel, report, out var stated);
            if (stated is not null)
            {
                read.Add(stated);
            }
        }

        consents = [.. read];
        return ok;
    }

    private bool TryRead(CsvRow row, ConsentColumns channel, Action<string, string> report, out StatedConsent? stated)
    {
        var ok = TryReadTime(row, channel.Time, report, out var at);
        ok &= TryReadState(row, channel.State, report, out var state);
        ok &= TryReadOptOut(row, channel.OptOut, report, out var optedOut);
        var refusal = optedOut ?? GuessedRefusal(row, channel.Guessed);
        var source = channel.Source?.Read(row);
        stated = refusal is not null ? new(channel.Channel, State.Unsubscribed, Source(source, refusal.Value.Column, row), refusal.Value.At ?? at)
            : state is State.Subscribed or State.Unsubscribed ? new(channel.Channel, state.Value, Source(source, channel.State!, row), at)
            : null;
        return ok;
    }

    private static bool TryReadState(CsvRow row, ImportColumn? column, Action<string, string> report, out State? state)
    {
        state = null;
        if (column?.Read(row) is not { } text)
        {
            return true;
        }

        if (ConsentWords.TryRead(text, booleans: true, out var known))
        {
            state = known;
            return true;
        }

        report(column.Header, $"\"{Shown(text)}\" is no state of consent: subscribed, unsubscribed or never");
        return false;
    }

    private bool TryReadOptOut(CsvRow row, ImportColumn? column, Action<string, string> report, out (ImportColumn Column, DateTime? At)? refusal)
    {
        refusal = null;
        if (column?.Read(row) is not { } text)
        {
            return true;
        }

        if (OptOutText.TryRead(text, settings.Form, out var optsOut, out var at) && IsPast(at))
        {
            refusal = optsOut ? (column, at) : null;
            return true;
        }

        report(column.Header, $"\"{Shown(text)}\" is neither yes, no nor a past date");
        return false;
    }

    private bool TryReadTime(CsvRow row, ImportColumn? column, Action<string, string> report, out DateTime? at)
    {
        at = null;
        if (column?.Read(row) is not { } text)
        {
            return true;
        }

        if (OptOutText.TryReadTime(text, settings.Form, out var utc) && IsPast(utc))
        {
            at = utc;
            return true;
        }

        report(column.Header, $"\"{Shown(text)}\" is no past date or date-time");
        return false;
    }

    private (ImportColumn Column, DateTime? At)? GuessedRefusal(CsvRow row, ImportColumn[] columns)
    {
        foreach (var column in columns)
        {
            if (column.Read(row) is { } text && SubscriptionGuess.Read(column.Header, text, settings.Form) is { Refuses: true, At: var at })
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

    private static string Shown(string text) => text.Length > 100 ? text[..100] + "…" : text;

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
