using System.Collections.Frozen;
using System.Globalization;
using NodaTime;
using NodaTime.TimeZones;

namespace TagSegments.Tags.Crm.Accounts;

/// <summary>The IANA time zones, from the database that comes with the program: the machine's own may be missing or old.</summary>
internal static class TimeZones
{
    private static readonly FrozenSet<string> s_ids = DateTimeZoneProviders.Tzdb.Ids.ToFrozenSet(StringComparer.Ordinal);

    // Names in any case, with blanks for underscores, and those of Windows.
    private static readonly FrozenDictionary<string, string> s_aliases = DateTimeZoneProviders.Tzdb.Ids
        .Select(id => (Alias: id, Id: id))
        .Concat(DateTimeZoneProviders.Tzdb.Ids.Select(id => (Alias: id.Replace('_', ' '), Id: id)))
        .Concat(TzdbDateTimeZoneSource.Default.WindowsToTzdbIds.Select(zone => (Alias: zone.Key, Id: zone.Value)))
        .DistinctBy(zone => zone.Alias, StringComparer.OrdinalIgnoreCase)
        .ToFrozenDictionary(zone => zone.Alias, zone => zone.Id, StringComparer.OrdinalIgnoreCase);

    /// <summary>Checks whether there is a zone of this name.</summary>
    public static bool IsKnown(string id) => s_ids.Contains(id);

    /// <summary>
    /// Finds the zone that a name of another tool stands for: an id in any case, a name of Windows, or an offset in whole hours like
    /// <c>GMT+1</c>; null if there is none.
    /// </summary>
    public static string? Find(string name) => IsKnown(name) ? name : s_aliases.GetValueOrDefault(name.Trim()) ?? FindOffset(name.Trim());

    /// <summary>Returns the zone of an account or contact, which was checked when it was stored.</summary>
    public static DateTimeZone Get(string id) => DateTimeZoneProviders.Tzdb[id];

    // IANA has no zones of other offsets, and counts the hours to the west.
    private static string? FindOffset(string name)
    {
        var isNamed = name.StartsWith("GMT", StringComparison.OrdinalIgnoreCase) || name.StartsWith("UTC", StringComparison.OrdinalIgnoreCase);
        var offset = isNamed ? name[3..].Trim() : name;
        if (offset is not (['+' or '-', ..] and { Length: <= 6 }))
        {
            return null;
        }

        var digits = offset[1..].Replace(":", "", StringComparison.Ordinal);
        var hours = digits.Length is 3 or 4 && digits.EndsWith("00", StringComparison.Ordinal) ? digits[..^2] : digits;
        if (hours.Length > 2 || !int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        var id = number == 0 ? "Etc/UTC" : string.Create(CultureInfo.InvariantCulture, $"Etc/GMT{(offset[0] == '+' ? '-' : '+')}{number}");
        return IsKnown(id) ? id : null;
    }
}
