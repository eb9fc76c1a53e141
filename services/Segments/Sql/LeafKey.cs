using System.Globalization;
using System.Text;
using Crm.Common.V1;
using Crm.Segments.V1;
using Google.Protobuf;
using NodaTime;
using TagSegments.Filters.Facts;
using TagSegments.Filters.Windows;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Segments.Sql;

/// <summary>
/// Writes the exact question of a leaf: the clause, and everything else that its meaning depends on, which are the types of its fields, the
/// country of phone numbers and the ends of its windows at the moment. Two leaves with one key compile to the same SQL with the same parameters.
/// </summary>
internal sealed class LeafKey
{
    private static readonly DateTimeZone[] s_zones = [.. DateTimeZoneProviders.Tzdb.Ids.Select(id => DateTimeZoneProviders.Tzdb[id])];

    private readonly StringBuilder _key = new();
    private readonly FilterContext _context;
    private readonly WindowResolver _windows;

    private LeafKey(FilterContext context) => (_context, _windows) = (context, context.Windows);

    /// <summary>Writes the key of a clause, or of the values that are asked for in its place.</summary>
    public static string Of(Filter clause, LeafValue? value, FilterContext context)
    {
        var key = new LeafKey(context);
        key.Add(clause);
        key.Add(value);
        key.AddMeaning(clause);
        return key._key.ToString();
    }

    // Each part ends where its length says, or with a semicolon, so that no key can be read in two ways.
    private void Add(IMessage message)
    {
        var bytes = message.ToByteArray();
        _key.Append(CultureInfo.InvariantCulture, $"{bytes.Length};").Append(Encoding.Latin1.GetString(bytes));
    }

    private void Add(LeafValue? value)
    {
        if (value is not LeafTime time)
        {
            _key.Append(value is null ? "matches;" : "number;");
            return;
        }

        _key.Append(CultureInfo.InvariantCulture, $"{(time.Earliest ? "first" : "last")} {time.Nth} {(time.IsRolledUp ? "rolled up" : "")};");
        if (time.Field is { } field)
        {
            Add(field);
            AddType(field, ofOpportunity: true);
        }
    }

    private void AddMeaning(Filter clause)
    {
        var facts = ClauseFacts.Of(clause);
        foreach (var condition in facts.Conditions)
        {
            AddType(condition.Clause.Field, condition.OfOpportunity);
        }

        if (facts.DependsOn.HasFlag(ClauseData.Activity))
        {
            // Activity recorded for later than now never counts.
            _key.Append(CultureInfo.InvariantCulture, $"{(_context.NothingLater ? 0 : _context.Instant.ToUnixTimeTicks())};");
        }

        foreach (var window in facts.Windows)
        {
            AddWindow(window.Window, IsOfDays(window.Condition));
        }
    }

    private bool IsOfDays(ClauseCondition? condition) => condition is not null
        && (condition.Clause.Operator == Operator.Anniversary || TypeOf(condition.Clause.Field, condition.OfOpportunity) == FieldType.Date);

    private FieldType? TypeOf(FieldRef reference, bool ofOpportunity) => _context.Catalog.Field(reference, ofOpportunity)?.Type;

    private void AddType(FieldRef reference, bool ofOpportunity)
    {
        _key.Append(CultureInfo.InvariantCulture, $"{(int?)TypeOf(reference, ofOpportunity)};");
        if (_context.Catalog.Field(reference, ofOpportunity)?.Addresses == Channel.Sms)
        {
            _key.Append(CultureInfo.InvariantCulture, $"{_context.Catalog.Country};");
        }
    }

    // In the contact's zone there are as many windows as zones; neighbouring zones often have the same one.
    private void AddWindow(TimeWindow window, bool isDay)
    {
        var zone = _windows.ZoneOf(window);
        _key.Append(CultureInfo.InvariantCulture, $"{zone.Id};");
        AddEnds(Ends(window, zone, isDay), 1);
        if (window.ContactZone)
        {
            foreach (var (ends, count) in Runs(s_zones.Select(other => Ends(window, other, isDay))))
            {
                AddEnds(ends, count);
            }
        }
    }

    private void AddEnds((long From, long Until) ends, int count) =>
        _key.Append(CultureInfo.InvariantCulture, $"{count} {ends.From} {ends.Until};");

    private (long From, long Until) Ends(TimeWindow window, DateTimeZone zone, bool isDay)
    {
        var range = _windows.Resolve(window, zone);
        return (End(range.From, zone, isDay), End(range.Until, zone, isDay));
    }

    private static long End(TimeEdge edge, DateTimeZone zone, bool isDay) =>
        (isDay ? edge.ToDay(zone) is { } day ? TimeColumn.DayNumber(day) : null : edge.ToInstant(zone)?.ToUnixTimeTicks())
        ?? (edge.IsAfterEverything ? long.MaxValue : long.MinValue);

    private static IEnumerable<(T Value, int Count)> Runs<T>(IEnumerable<T> values)
        where T : IEquatable<T>
    {
        var (current, count) = (default(T)!, 0);
        foreach (var value in values)
        {
            if (count > 0 && !value.Equals(current))
            {
                yield return (current, count);
                count = 0;
            }

            (current, count) = (value, count + 1);
        }

        yield return (current, count);
    }
}
