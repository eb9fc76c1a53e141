using Crm.Common.V1;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Files;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>Reads the consent of rows from the columns that the options map, and the refusals from columns that look like a status of subscription.</summary>
internal sealed class ConsentReader
{
    private const int MaxSource = 200;
    private readonly TimeProvider _time;
    private readonly ConsentColumns[] _channels;
    private readonly RefusalColumn[] _mapped;
    private readonly RefusalColumn[] _guessed;
    private readonly bool _any;

    public ConsentReader(ImportSettings settings, IReadOnlyList<RefusalColumn> guessed, TimeProvider time)
    {
        _time = time;
        _channels = [.. ConsentValue.Channels.Select(channel => new ConsentColumns(channel, settings))];
        _mapped = [.. ConsentValue.Channels.Select(channel => Mapped(channel, settings)).OfType<RefusalColumn>()];
        var channels = settings.Find(ColumnMapping.DoNotDisturbTarget) is { } column
            ? new RefusalColumn[] { new(column, new(ConsentValue.Channels, SubscriptionPart.Channels)) }
            : [];
        _guessed = [.. channels, .. guessed];
        _any = _mapped.Length > 0 || _guessed.Length > 0 || Array.Exists(_channels, channel => channel.State is not null);
    }

    /// <summary>Reads a row and reports what a mapped column cannot say.</summary>
    public StatedConsent[] Read(CsvRow row, RowReport report)
    {
        if (!_any)
        {
            return [];
        }

        var refusals = Refusals(row, report);
        return [.. _channels.Select(channel => Read(row, channel, refusals, report)).OfType<StatedConsent>()];
    }

    private StatedConsent? Read(CsvRow row, ConsentColumns channel, List<Refusal> refusals, RowReport report)
    {
        var at = ReadTime(row, channel.Time, report);
        var state = ReadState(row, channel.State, report);
        var source = channel.Source?.Read(row);
        return refusals.Find(refusal => refusal.Channels.Contains(channel.Channel)) is { } said
                // The time of a subscription is not that of the refusal.
                ? new(channel.Channel, State.Unsubscribed, Source(source, said.Column, row), said.At ?? (state == State.Subscribed ? null : at))
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

    private List<Refusal> Refusals(CsvRow row, RowReport report)
    {
        var refusals = new List<Refusal>();
        foreach (var column in _mapped)
        {
            if (column.Column.Read(row) is not { } text)
            {
                continue;
            }

            if (column.Read(text) is { } said && IsPast(said.At))
            {
                refusals.Add(new(column.Column, said.Refused, said.At));
            }
            else
            {
                report.Refuse(column.Column.Header, "is neither yes, no, a past date nor a list of channels", text);
            }
        }

        foreach (var column in _guessed)
        {
            if (column.Column.Read(row) is { } text && column.Read(text) is { } said)
            {
                refusals.Add(new(column.Column, said.Refused, IsPast(said.At) ? said.At : null));
            }
        }

        return refusals;
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

    private bool IsPast(DateTime? at) => at is not { } utc || (utc <= _time.GetUtcNow().UtcDateTime && utc >= DateTime.UnixEpoch);

    // Says what the file said: the proof of a refusal.
    private static string Source(string? source, ImportColumn column, CsvRow row)
    {
        var text = string.Concat((source ?? $"import, {column.Header}: {column.Read(row)}").Select(c => char.IsControl(c) ? ' ' : c));
        return text.Length <= MaxSource ? text : text[..MaxSource];
    }

    // A column of reasons says it by having one.
    private static RefusalColumn? Mapped(Channel channel, ImportSettings settings)
    {
        if (settings.Find(new ConsentTarget(channel, ConsentPart.OptOut).Name) is not { } column)
        {
            return null;
        }

        var isReason = SubscriptionHeaders.Find(column.Header) is { Part: SubscriptionPart.Reason };
        return new(column, new([channel], isReason ? SubscriptionPart.Reason : SubscriptionPart.OptOut));
    }

    private sealed record Refusal(ImportColumn Column, Channel[] Channels, DateTime? At);

    /// <summary>The columns of a channel.</summary>
    private sealed class ConsentColumns(Channel channel, ImportSettings settings)
    {
        public Channel Channel { get; } = channel;

        public ImportColumn? State { get; } = Find(settings, channel, ConsentPart.State);

        public ImportColumn? Time { get; } = Find(settings, channel, ConsentPart.Time);

        public ImportColumn? Source { get; } = Find(settings, channel, ConsentPart.Source);

        private static ImportColumn? Find(ImportSettings settings, Channel channel, ConsentPart part) => settings.Find(new ConsentTarget(channel, part).Name);
    }
}
