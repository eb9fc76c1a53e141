using System.Text.RegularExpressions;
using NodaTime;
using TagSegments.Tags.Crm.Accounts;

namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>Headers that name the zone of their times, as HubSpot's <c>Create Date (GMT+2)</c>.</summary>
internal static partial class HeaderZone
{
    /// <summary>Returns the zone; null if the header names none.</summary>
    public static DateTimeZone? Find(string header) =>
        Ending().Match(header) is { Success: true } ending && TimeZones.Find(ending.Groups["zone"].Value) is { } id ? TimeZones.Get(id) : null;

    /// <summary>Returns the header without its zone; null if it names none.</summary>
    public static string? WithoutZone(string header) => Find(header) is null ? null : Ending().Match(header).Groups["name"].Value;

    [GeneratedRegex(@"\A(?<name>.+?)\s*[(\[](?<zone>(?:GMT|UTC)(?:[+\-][0-9]{1,2}(?::?[0-9]{2})?)?|[A-Z]{3,4}|[A-Z][A-Za-z]+/[A-Za-z_]+)[)\]]\z", RegexOptions.NonBacktracking)]
    private static partial Regex Ending();
}
