using System.Text.Json;
using Crm.Segments.V1;
using NodaTime;
using TagSegments.Filters.Windows;
using FieldType = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Segments.Sql;

internal sealed partial class FilterSql
{
    // The days of the year that the window covers are listed here; the database only looks up month and day.
    private string Anniversary(FieldClause clause, FieldColumn column, string zones)
    {
        if (!clause.Window.ContactZone)
        {
            var zone = _windows.ZoneOf(clause.Window);
            var days = AnniversaryDays(clause, zone);
            return $"{MonthDay(column, Bind(zone.Id))} = ANY({Bind(days)})";
        }

        var listed = ByZone(zones, zone => JsonSerializer.Serialize(AnniversaryDays(clause, zone)));
        return $"jsonb_exists(CAST({listed} AS jsonb), {MonthDay(column, KnownZone(zones))})";
    }

    private string[] AnniversaryDays(FieldClause clause, DateTimeZone zone)
    {
        var range = _windows.Resolve(clause.Window, zone);
        return AnniversaryCalendar.Days(range.From.ToDay(zone), range.Until.ToDay(zone), clause.LeapDayOnMarchFirst);
    }

    // Text such as "02-29". Only an instant needs a zone to have a day.
    private static string MonthDay(FieldColumn column, string zone) => (column.Field.Type, column.IsJson) switch
    {
        (FieldType.Date, true) => $"substr({column.Sql}, 6, 5)",
        (FieldType.YearlyDay, _) => $"substr({column.Sql}, 3, 5)",
        (FieldType.Date, false) => $"to_char({column.Sql}, 'MM-DD')",
        _ => $"to_char(CAST({column.Sql} AS timestamptz) AT TIME ZONE {zone}, 'MM-DD')",
    };

    private string KnownZone(string zones)
    {
        var known = Bind(DateTimeZoneProviders.Tzdb.Ids.ToArray());
        return $"CASE WHEN {zones}.time_zone = ANY({known}) THEN {zones}.time_zone ELSE {Bind(_windows.AccountZone.Id)} END";
    }
}
