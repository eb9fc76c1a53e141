using Crm.Segments.V1;
using TagSegments.Filters.Values;

namespace TagSegments.Filters.Text;

public static partial class FilterPrinter
{
    private static string Window(TimeWindow window) =>
        Span(window)
        + (window.ContactZone ? " in contact zone" : "")
        + (window.Zone.Length > 0 ? $" in zone {Quote(window.Zone)}" : "");

    private static string Span(TimeWindow window) => window.KindCase switch
    {
        TimeWindow.KindOneofCase.Last => $"in last {Period(window.Last)}",
        TimeWindow.KindOneofCase.Next => $"in next {Period(window.Next)}",
        TimeWindow.KindOneofCase.BeforeLast => $"more than {Period(window.BeforeLast)} ago",
        TimeWindow.KindOneofCase.Calendar => Calendar(window.Calendar),
        TimeWindow.KindOneofCase.Fixed => Fixed(window.Fixed),
        TimeWindow.KindOneofCase.None => throw new ArgumentException("The filter has not been validated: a window has no kind.", nameof(window)),
    };

    private static string Period(Period period) => $"{Number(period.Count)} {Unit(period.Unit, period.Count)}";

    private static string Calendar(CalendarWindow window) => (window.Unit, window.First, window.Count) switch
    {
        (TimeUnit.Day, 0, 1) => "today",
        (TimeUnit.Day, -1, 1) => "yesterday",
        (TimeUnit.Day, 1, 1) => "tomorrow",
        (_, 0, 1) => $"this {Unit(window.Unit, 1)}",
        (_, -1, 1) => $"in last full {Unit(window.Unit, 1)}",
        (_, 1, 1) => $"in next full {Unit(window.Unit, 1)}",
        (_, var first, var count) when first == -count => $"in last {Number(count)} full {Unit(window.Unit, count)}",
        (_, 1, var count) => $"in next {Number(count)} full {Unit(window.Unit, count)}",
        (_, var first, var count) => $"in full {Unit(window.Unit, 2)} {Number(first)} to {Number((long)first + count - 1)}",
    };

    private static string Fixed(FixedWindow window) =>
        window.From.Length == 0 ? $"before {End(window.Until)}"
        : window.Until.Length == 0 ? $"since {End(window.From)}"
        : IsOneDay(window) ? $"on {window.From}"
        : $"from {End(window.From)} until {End(window.Until)}";

    private static bool IsOneDay(FixedWindow window) =>
        FilterValues.TryDate(window.From, out var from) && FilterValues.TryDate(window.Until, out var until)
        && from < until && NodaTime.Period.DaysBetween(from, until) == 1;

    private static string End(string end) => FilterValues.TryDate(end, out _) || FilterValues.TryInstant(end, out _) ? end : Quote(end);

    private static string Unit(TimeUnit unit, int count) =>
        FilterWords.Units.TryGetValue(unit, out var word)
            ? word + (count == 1 ? "" : "s")
            : throw new ArgumentException("The filter has not been validated: a window has no unit.", nameof(unit));
}
