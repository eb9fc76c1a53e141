using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Tree;
using TagSegments.Filters.Values;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Filters.Checks;

public sealed partial class FilterValidator
{
    private void CheckQuantity(Quantity? quantity, string path)
    {
        if (quantity is null)
        {
            return;
        }

        _problems.Require(quantity.HasAtLeast || quantity.HasAtMost, path, "must have at_least or at_most");
        _problems.Require(!quantity.HasAtLeast || quantity.AtLeast >= 1, $"{path}.at_least", "must be at least 1");
        _problems.Require(!quantity.HasAtMost || quantity.AtMost >= 0, $"{path}.at_most", "must not be negative");
        _problems.Require(
            !quantity.HasAtLeast || !quantity.HasAtMost || quantity.AtLeast <= quantity.AtMost, $"{path}.at_most", "must not be less than at_least");
    }

    private void CheckOpportunity(OpportunityClause clause, string path)
    {
        CheckQuantity(clause.Quantity, $"{path}.quantity");
        _problems.Require(clause.Quantity is null || clause.AmountSum is null, $"{path}.amount_sum", "must not be set together with quantity");
        for (var i = 0; i < clause.Conditions.Count; i++)
        {
            CheckField(clause.Conditions[i], $"{path}.conditions[{i}]", ofOpportunity: true);
        }

        if (clause.AmountSum is { } sum)
        {
            CheckSum(sum, $"{path}.amount_sum");
        }
    }

    private void CheckSum(AmountSum sum, string path)
    {
        if (_problems.Require(sum.Operator is >= Operator.Equals and <= Operator.Between, $"{path}.operator", "must be a comparison of numbers"))
        {
            CheckOperands(sum.Values, sum.Operator, FilterField.Amount, ignoreCase: false, $"{path}.values");
        }
    }

    private void CheckWindow(TimeWindow? window, string path)
    {
        if (window is null)
        {
            _problems.Add(path, "is required");
            return;
        }

        _problems.Require(!window.ContactZone || window.Zone.Length == 0, $"{path}.zone", "must not be set together with contact_zone");
        _problems.Require(
            window.Zone.Length == 0 || NodaTime.DateTimeZoneProviders.Tzdb.GetZoneOrNull(window.Zone) is not null,
            $"{path}.zone",
            "is not an IANA time zone",
            "a zone such as \"Europe/Vienna\"");
        switch (window.KindCase)
        {
            case TimeWindow.KindOneofCase.Last:
                CheckPeriod(window.Last, $"{path}.last");
                break;
            case TimeWindow.KindOneofCase.Next:
                CheckPeriod(window.Next, $"{path}.next");
                break;
            case TimeWindow.KindOneofCase.BeforeLast:
                CheckPeriod(window.BeforeLast, $"{path}.before_last");
                break;
            case TimeWindow.KindOneofCase.Calendar:
                CheckCalendar(window.Calendar, $"{path}.calendar");
                break;
            case TimeWindow.KindOneofCase.Fixed:
                CheckFixed(window.Fixed, $"{path}.fixed");
                break;
            default:
                _problems.Add($"{path}.kind", "must be set");
                break;
        }
    }

    private void CheckPeriod(Period period, string path)
    {
        CheckEnum(period.Unit, $"{path}.unit");
        _problems.Require(period.Count is >= 1 and <= FilterLimits.PeriodCount, $"{path}.count", $"must be 1 to {FilterLimits.PeriodCount:N0}");
    }

    private void CheckCalendar(CalendarWindow window, string path)
    {
        CheckEnum(window.Unit, $"{path}.unit");
        _problems.Require(window.Unit is not (TimeUnit.Minute or TimeUnit.Hour), $"{path}.unit", "must be a day or longer", "days", "weeks", "months", "quarters", "years");
        _problems.Require(window.Count is >= 1 and <= FilterLimits.CalendarCount, $"{path}.count", $"must be 1 to {FilterLimits.CalendarCount:N0}");
        _problems.Require(
            window.First is >= -FilterLimits.PeriodCount and <= FilterLimits.PeriodCount, $"{path}.first", $"must be within {FilterLimits.PeriodCount:N0}");
    }

    private void CheckFixed(FixedWindow window, string path)
    {
        _problems.Require(window.From.Length > 0 || window.Until.Length > 0, path, "must have a start or an end");
        var from = FixedEnd(window.From, $"{path}.from");
        var until = FixedEnd(window.Until, $"{path}.until");
        _problems.Require(from is null || until is null || from < until, $"{path}.until", "must be later than the start");
    }

    // Days count as days in UTC here: only ends of different kinds less than a day apart could be misjudged, and those are accepted.
    private NodaTime.Instant? FixedEnd(string end, string path)
    {
        if (FilterValues.TryDate(end, out var day))
        {
            return day.AtStartOfDayInZone(NodaTime.DateTimeZone.Utc).ToInstant();
        }

        if (FilterValues.TryInstant(end, out var instant))
        {
            return instant;
        }

        _problems.Require(end.Length == 0, path, "must be a day such as 2026-11-23 or a time such as 2026-11-23T10:00:00Z");
        return null;
    }
}
