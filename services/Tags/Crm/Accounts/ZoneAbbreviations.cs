using System.Collections.Frozen;

namespace TagSegments.Tags.Crm.Accounts;

/// <summary>
/// Abbreviations of time zones that stand for one place. Others stand for several and are not guessed: CST is Chicago, Shanghai or Havana, IST Kolkata, Dublin or
/// Jerusalem, BST London or Dhaka.
/// </summary>
internal static class ZoneAbbreviations
{
    private static readonly FrozenDictionary<string, (double Hours, string Id)> s_zones = new (string Abbreviation, double Hours, string Id)[]
    {
        ("EST", -5, "America/New_York"), ("EDT", -4, "America/New_York"), ("CDT", -5, "America/Chicago"), ("MST", -7, "America/Denver"), ("MDT", -6, "America/Denver"),
        ("PST", -8, "America/Los_Angeles"), ("PDT", -7, "America/Los_Angeles"), ("AKST", -9, "America/Anchorage"), ("AKDT", -8, "America/Anchorage"),
        ("HST", -10, "Pacific/Honolulu"), ("NDT", -2.5, "America/St_Johns"), ("BRT", -3, "America/Sao_Paulo"), ("ART", -3, "America/Argentina/Buenos_Aires"),
        ("WET", 0, "WET"), ("WEST", 1, "WET"), ("CET", 1, "CET"), ("CEST", 2, "CET"), ("MEZ", 1, "CET"), ("MESZ", 2, "CET"), ("EET", 2, "EET"), ("EEST", 3, "EET"),
        ("MSK", 3, "Europe/Moscow"), ("TRT", 3, "Europe/Istanbul"), ("SAST", 2, "Africa/Johannesburg"), ("EAT", 3, "Africa/Nairobi"), ("PKT", 5, "Asia/Karachi"),
        ("NPT", 5.75, "Asia/Kathmandu"), ("WIB", 7, "Asia/Jakarta"), ("HKT", 8, "Asia/Hong_Kong"), ("SGT", 8, "Asia/Singapore"), ("AWST", 8, "Australia/Perth"),
        ("JST", 9, "Asia/Tokyo"), ("KST", 9, "Asia/Seoul"), ("ACDT", 10.5, "Australia/Adelaide"), ("AEST", 10, "Australia/Brisbane"), ("AEDT", 11, "Australia/Sydney"),
        ("NZST", 12, "Pacific/Auckland"), ("NZDT", 13, "Pacific/Auckland"), ("UTC", 0, "Etc/UTC"), ("GMT", 0, "Etc/UTC"), ("UT", 0, "Etc/UTC"), ("Z", 0, "Etc/UTC"),
    }.ToFrozenDictionary(zone => zone.Abbreviation, zone => (zone.Hours, zone.Id), StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds the zone in whose place an abbreviation is used; null for one that is not known, or of several places.</summary>
    public static string? FindId(string abbreviation) => s_zones.TryGetValue(abbreviation, out var zone) ? zone.Id : null;

    /// <summary>Finds the offset from UTC for which an abbreviation stands.</summary>
    public static TimeSpan? FindOffset(string abbreviation) => s_zones.TryGetValue(abbreviation, out var zone) ? TimeSpan.FromHours(zone.Hours) : null;
}
