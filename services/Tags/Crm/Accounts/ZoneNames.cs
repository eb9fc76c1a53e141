using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.TimeZones;

namespace TagSegments.Tags.Crm.Accounts;

/// <summary>
/// The names that other tools give to time zones: ids in any case, names of Windows as programs and as people see them, the cities of ids, abbreviations, and
/// offsets like <c>UTC+05:30</c>.
/// </summary>
internal static partial class ZoneNames
{
    // Names in any case, with blanks for underscores, and those of Windows.
    private static readonly FrozenDictionary<string, string> s_names = DateTimeZoneProviders.Tzdb.Ids
        .Select(id => (Alias: id, Id: id))
        .Concat(DateTimeZoneProviders.Tzdb.Ids.Select(id => (Alias: id.Replace('_', ' '), Id: id)))
        .Concat(TzdbDateTimeZoneSource.Default.WindowsToTzdbIds.Select(zone => (Alias: zone.Key, Id: zone.Value)))
        .Concat(Others())
        .Concat(Cities())
        .DistinctBy(zone => zone.Alias, StringComparer.OrdinalIgnoreCase)
        .ToFrozenDictionary(zone => zone.Alias, zone => zone.Id, StringComparer.OrdinalIgnoreCase);

    // IANA has zones of whole hours; these are where clocks show the offset all year.
    private static readonly FrozenDictionary<string, string> s_places = new Dictionary<string, string>
    {
        ["-0930"] = "Pacific/Marquesas",
        ["+0330"] = "Asia/Tehran",
        ["+0430"] = "Asia/Kabul",
        ["+0530"] = "Asia/Kolkata",
        ["+0545"] = "Asia/Kathmandu",
        ["+0630"] = "Asia/Yangon",
        ["+0845"] = "Australia/Eucla",
        ["+0930"] = "Australia/Darwin",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Finds the id of the zone with a name; null if there is none, or if it may be one of several.</summary>
    public static string? Find(string name)
    {
        if (FindName(name) is { } known)
        {
            return known;
        }

        // "(GMT-05:00) Eastern Time (US & Canada)": the name counts, and the offset only if it is none.
        var match = Offset().Match(name);
        if (!match.Success)
        {
            return FindPart(name);
        }

        var rest = match.Groups["rest"].Value.Trim();
        return rest.Length == 0 ? FindOffset(match) : FindName(rest) ?? FindPart(rest) ?? (match.Groups["mark"].Length > 0 ? FindOffset(match) : null);
    }

    private static string? FindName(string name) => s_names.GetValueOrDefault(name) ?? ZoneAbbreviations.FindId(name) ?? FindTime(name);

    // "Central European Summer Time" is "Central European Standard Time" to Windows, and "Eastern Time (US & Canada)" is "Eastern Standard Time".
    private static string? FindTime(string name)
    {
        var part = Parentheses().Replace(name, "").Trim();
        var stem = Time().Replace(part, "");
        return s_names.GetValueOrDefault($"{stem} Standard Time") ?? (part == name ? null : s_names.GetValueOrDefault(part));
    }

    // "Amsterdam, Berlin, Rome", "Eastern Time - New York".
    private static string? FindPart(string name) =>
        name.Length > 100 ? null : name.Split([',', ':', '-', '/', '('], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 1 } parts
            ? parts.Reverse().Select(part => s_names.GetValueOrDefault(part)).FirstOrDefault(id => id is not null)
            : null;

    private static string? FindOffset(Match match)
    {
        var (sign, hours) = (match.Groups["sign"].Value is "-" or "−" ? '-' : '+', int.Parse(match.Groups["hours"].Value, CultureInfo.InvariantCulture));
        var minutes = match.Groups["minutes"].Value;
        if (minutes is not ("" or "00"))
        {
            return s_places.GetValueOrDefault(string.Create(CultureInfo.InvariantCulture, $"{sign}{hours:00}{minutes}"));
        }

        // IANA counts the hours to the west.
        var id = hours == 0 ? "Etc/UTC" : string.Create(CultureInfo.InvariantCulture, $"Etc/GMT{(sign == '+' ? '-' : '+')}{hours}");
        return TimeZones.IsKnown(id) ? id : null;
    }

    // Names that people see where Windows has others, for programs.
    private static (string Alias, string Id)[] Others() =>
    [
        ("Eastern", "America/New_York"), ("Central", "America/Chicago"), ("Mountain", "America/Denver"), ("Pacific", "America/Los_Angeles"),
        ("Alaska", "America/Anchorage"), ("Hawaii", "Pacific/Honolulu"), ("Hawaii Time", "Pacific/Honolulu"), ("Arizona", "America/Phoenix"), ("Atlantic", "America/Halifax"),
        ("Alaska Standard Time", "America/Anchorage"), ("Hawaii Standard Time", "Pacific/Honolulu"), ("Newfoundland", "America/St_Johns"),
        ("Greenwich Mean Time", "Etc/UTC"), ("Coordinated Universal Time", "Etc/UTC"), ("British Standard Time", "Europe/London"), ("Irish Standard Time", "Europe/Dublin"),
        ("Western European Standard Time", "WET"), ("Central European Standard Time", "CET"), ("Eastern European Standard Time", "EET"),
        ("Moscow Standard Time", "Europe/Moscow"), ("Indian Standard Time", "Asia/Kolkata"), ("Mumbai", "Asia/Kolkata"), ("New Delhi", "Asia/Kolkata"), ("Beijing", "Asia/Shanghai"),
        ("ET", "America/New_York"), ("MT", "America/Denver"), ("PT", "America/Los_Angeles"), ("Bern", "Europe/Zurich"), ("Edinburgh", "Europe/London"),
        ("International Date Line West", "Etc/GMT+12"), ("Mitteleuropäische Zeit", "CET"), ("Mitteleuropäische Sommerzeit", "CET"),
    ];

    // Where one zone alone has the city in its id.
    private static IEnumerable<(string Alias, string Id)> Cities() => TzdbDateTimeZoneSource.Default.ZoneLocations!
        .Select(location => (Alias: location.ZoneId[(location.ZoneId.LastIndexOf('/') + 1)..].Replace('_', ' '), Id: location.ZoneId))
        .GroupBy(zone => zone.Alias)
        .Where(zones => zones.Count() == 1)
        .Select(zones => zones.First());

    [GeneratedRegex(
        @"\A(?<mark>\(?\s*(?:GMT|UTC)?)\s*(?<sign>[+\-−])(?<hours>1[0-9]|0?[0-9])(?::?(?<minutes>[0-5][0-9]))?(?:\s*\)|\s|\z)(?<rest>.*)\z", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Offset();

    [GeneratedRegex(@"\s*\([^)]*\)\s*", RegexOptions.NonBacktracking)]
    private static partial Regex Parentheses();

    [GeneratedRegex(@"(?: standard| daylight| summer)? time\z", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Time();
}
