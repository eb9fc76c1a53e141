using System.Collections.Frozen;
using NodaTime;

namespace TagSegments.Tags.Crm.Accounts;

/// <summary>The IANA time zones, from the database that comes with the program: the machine's own may be missing or old.</summary>
internal static class TimeZones
{
    private static readonly FrozenSet<string> s_ids = DateTimeZoneProviders.Tzdb.Ids.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Checks whether there is a zone of this name.</summary>
    public static bool IsKnown(string id) => s_ids.Contains(id);

    /// <summary>Finds the zone that a name of another tool stands for, see <see cref="ZoneNames"/>; null if there is none.</summary>
    public static string? Find(string name) => IsKnown(name) ? name : ZoneNames.Find(name.Trim());

    /// <summary>Returns the zone of an account or contact, which was checked when it was stored.</summary>
    public static DateTimeZone Get(string id) => DateTimeZoneProviders.Tzdb[id];
}
