using System.Text.Json;
using Crm.Segments.V1;
using NodaTime;

namespace TagSegments.Segments.Sql;

internal sealed partial class FilterSql
{
    // Null where the column is. Windows in the contact's zone read the zone from `zones`, an alias of the contacts.
    private string InWindow(TimeColumn column, TimeWindow window, string zones)
    {
        if (window.ContactZone)
        {
            return InContactZone(column, window, zones);
        }

        var range = _windows.Resolve(window);
        var zone = _windows.ZoneOf(window);
        return $"{column.Sql} >= {Bind(column.Operand(range.From, zone))} AND {column.Sql} < {Bind(column.Operand(range.Until, zone))}";
    }

    // The ends are resolved here for every zone there is, so the database does no arithmetic with zones: a zone that it or we do not know
    // reads as the account's.
    private string InContactZone(TimeColumn column, TimeWindow window, string zones)
    {
        var from = ByZone(zones, zone => column.OperandText(_windows.Resolve(window, zone).From, zone));
        var until = ByZone(zones, zone => column.OperandText(_windows.Resolve(window, zone).Until, zone));
        return $"{column.Sql} >= CAST({from} AS {column.Cast}) AND {column.Sql} < CAST({until} AS {column.Cast})";
    }

    private string ByZone(string zones, Func<DateTimeZone, string> value)
    {
        var usual = value(_windows.AccountZone);
        var others = DateTimeZoneProviders.Tzdb.Ids
            .Select(id => (Id: id, Value: value(DateTimeZoneProviders.Tzdb[id])))
            .Where(zone => zone.Value != usual)
            .ToDictionary(zone => zone.Id, zone => zone.Value);
        return $"coalesce({_parameters.BindJson(JsonSerializer.Serialize(others))} ->> {zones}.time_zone, {Bind(usual)})";
    }

    // Brings the contact's zone to a subquery that must not refer to the outer contact, or it would run once for each of them.
    private string ZoneJoin(string alias, params IEnumerable<TimeWindow?> windows) =>
        windows.Any(window => window is { ContactZone: true })
            ? $" JOIN {_sources.Contacts} z ON z.account_id = {alias}.account_id AND z.contact_id = {alias}.contact_id"
            : "";
}
