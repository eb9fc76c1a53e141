using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using NodaTime;
using TagSegments.Csv;

namespace TagSegments.Cli.Commands.Activities;

/// <summary>Reads times in the forms that are clear: days and months in figures with slashes need a format. A time without an offset is of a zone.</summary>
internal sealed class ActivityTimes
{
    private const int LastYear = 2200;
    private const DateTimeStyles Styles = DateTimeStyles.AllowWhiteSpaces;
    private static readonly string[] s_days = ["yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "d.M.yyyy", "d MMM yyyy", "d MMMM yyyy", "d. MMM yyyy", "d. MMMM yyyy", "d-MMM-yyyy", "MMM d yyyy", "MMM d, yyyy", "MMMM d, yyyy", "ddd, d MMM yyyy"];
    private static readonly string[] s_times = ["H:mm:ss.FFFFFFF", "H:mm", "h:mm:ss tt", "h:mm tt", "h:mm:sstt", "h:mmtt"];
    private static readonly string[] s_local = [.. s_days, .. s_days.SelectMany(day => s_times.SelectMany(time => new[] { $"{day} {time}", $"{day}, {time}", $"{day}'T'{time}" }))];
    private static readonly string[] s_zoned = [.. s_local.Skip(s_days.Length).SelectMany(form => new[] { $"{form}zzz", $"{form} zzz" })];
    private readonly string _format;
    private readonly DateTimeZone _zone;

    /// <summary>Reads times in a format of .NET, <c>unix</c> or <c>unix_ms</c>, or in any clear form if it is empty.</summary>
    public ActivityTimes(string format, string zone)
    {
        _format = format;
        _zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone)
            ?? throw new CliError($"--time-zone {zone}: there is no such time zone.", "Write the name of an IANA zone, such as Europe/Vienna.");
    }

    /// <summary>Reads a time; null with a description if it is none.</summary>
    public Timestamp? Read(string text, out string problem)
    {
        problem = text.Contains('/', StringComparison.Ordinal) && _format.Length == 0
            ? "may have the day or the month first, or is no time; say it with --time-format dd/MM/yyyy or MM/dd/yyyy, and HH:mm if it has a time"
            : "is not a time" + (_format.Length == 0 ? "" : $" in the form {_format}");
        if (Epoch(text) is not { } instant)
            return _format is "unix" or "unix_ms" ? null : ReadForm(Utc(text)) ?? (MonthNames.ToEnglish(text, inFull: IsInFull) is { } english ? ReadForm(Utc(english)) : null);

        var year = instant.InUtc().Year;
        if (_format.Length == 0 || year is > 1970 and < LastYear)
            return ToTimestamp(instant);

        problem = $"would be in {(year <= 1970 ? year : "the far future")} in the form {_format}; {(_format is "unix" ? "unix_ms is for milliseconds" : "unix is for seconds")}";
        return null;
    }

    private bool IsInFull => _format.Contains("MMMM", StringComparison.Ordinal);

    private Timestamp? ReadForm(string text)
    {
        var (zoned, local) = _format.Length == 0 ? (s_zoned, s_local) : ([$"{_format}zzz", $"{_format} zzz"], new[] { _format });
        if (DateTimeOffset.TryParseExact(text, zoned, CultureInfo.InvariantCulture, Styles, out var time))
            return ToTimestamp(Instant.FromDateTimeOffset(time));

        // A format may have an offset of its own.
        if (_format.AsSpan().ContainsAny('z', 'K') && DateTimeOffset.TryParseExact(text, _format, CultureInfo.InvariantCulture, Styles | DateTimeStyles.AssumeUniversal, out var own))
            return ToTimestamp(Instant.FromDateTimeOffset(own));
        return DateTime.TryParseExact(text, local, CultureInfo.InvariantCulture, Styles, out var day)
            ? ToTimestamp(LocalDateTime.FromDateTime(DateTime.SpecifyKind(day, DateTimeKind.Unspecified)).InZoneLeniently(_zone).ToInstant())
            : null;
    }

    // Seconds have ten digits from 2001 to 2286, milliseconds thirteen.
    private Instant? Epoch(string text)
    {
        if (_format is not ("" or "unix" or "unix_ms") || !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return null;

        var digits = text.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point ? point : text.Length;
        var milliseconds = _format is "unix_ms" || (_format.Length == 0 && digits == 13);
        return milliseconds || _format is "unix" || digits == 10 ? Instant.FromUnixTimeMilliseconds((long)Math.Min(milliseconds ? number : number * 1000, 253_402_300_799_999)) : null;
    }

    private static string Utc(string text)
    {
        foreach (var name in new[] { "Z", "UTC", "GMT" })
        {
            if (text.EndsWith(name, StringComparison.OrdinalIgnoreCase))
                return $"{text[..^name.Length].TrimEnd()}+00:00";
        }

        return text;
    }

    private static Timestamp ToTimestamp(Instant instant) => Timestamp.FromDateTime(instant.ToDateTimeUtc());
}
