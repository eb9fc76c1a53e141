using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Tree;
using TagSegments.Filters.Values;

namespace TagSegments.Filters.Text;

public sealed partial class FilterParser
{
    private static readonly string[] s_windowStarts =
        ["in last", "in next", "more than", "today", "yesterday", "tomorrow", "this", "last", "next", "full", "from", "on", "before", "since"];

    private bool IsWindowAhead()
    {
        var first = _tokens.IsAhead("in") || _tokens.IsAhead("within") ? 1 : 0;
        var word = _tokens.Peek(first);
        return word.Kind == TokenKind.Word && (IsWindowWord(word) || (first == 1 && Suggestions.For(word.Value, s_windowStarts).Count > 0));
    }

    private static bool IsWindowWord(Token word) => word.Value.ToLowerInvariant()
            is "the" or "last" or "next" or "more" or "today" or "yesterday" or "tomorrow" or "this" or "full" or "from" or "on" or "before" or "since";

    private TimeWindow ReadWindow()
    {
        var start = _tokens.Current.Position;
        var window = Placed(ReadSpan(), start);
        if (_tokens.AcceptAll("in", "contact", "zone"))
        {
            window.ContactZone = true;
        }
        else if (_tokens.AcceptAll("in", "zone"))
        {
            window.Zone = Placed(window, "zone", () => ReadText("a time zone in double quotes"));
        }

        return window;
    }

    private TimeWindow ReadSpan()
    {
        if (_tokens.AcceptAll("more", "than"))
        {
            var start = _tokens.Current.Position;
            var period = ReadPeriod(ReadCount(), start);
            _tokens.ExpectWord("ago");
            return new TimeWindow { BeforeLast = period };
        }

        if (ReadFixed() is { } fixedWindow)
        {
            return new TimeWindow { Fixed = fixedWindow };
        }

        _ = _tokens.AcceptAny("in", "within");
        _ = _tokens.Accept("the");
        if (ReadNamedDays() is { } named)
        {
            return new TimeWindow { Calendar = named };
        }

        if (_tokens.AcceptAny("last", "past"))
        {
            return ReadRelative(-1);
        }

        return _tokens.Accept("next")
            ? ReadRelative(1)
            : throw _tokens.Error($"{_tokens.Current} is not a span of time", s_windowStarts);
    }

    // 7 days; 3 full days; full week
    private TimeWindow ReadRelative(int sign)
    {
        var start = _tokens.Current.Position;
        var count = _tokens.Current.Kind == TokenKind.Literal ? ReadCount() : 1;
        if (!_tokens.Accept("full"))
        {
            var period = ReadPeriod(count, start);
            return sign < 0 ? new TimeWindow { Last = period } : new TimeWindow { Next = period };
        }

        return new TimeWindow { Calendar = Placed(new CalendarWindow { Unit = ReadUnit(), First = sign < 0 ? -count : 1, Count = count }, start) };
    }

    private CalendarWindow? ReadNamedDays()
    {
        if (_tokens.Accept("this"))
        {
            return new CalendarWindow { Unit = ReadUnit(), First = 0, Count = 1 };
        }

        if (_tokens.Accept("full"))
        {
            return ReadNumberedUnits();
        }

        int? first = _tokens.Accept("today") ? 0 : _tokens.Accept("yesterday") ? -1 : _tokens.Accept("tomorrow") ? 1 : null;
        return first is { } day ? new CalendarWindow { Unit = TimeUnit.Day, First = day, Count = 1 } : null;
    }

    // full weeks -5 to -2
    private CalendarWindow ReadNumberedUnits()
    {
        var unit = ReadUnit();
        var first = ReadSigned();
        _tokens.ExpectWord("to");
        var last = ReadSigned();
        var count = last - (long)first + 1;
        return count is >= 1 and <= FilterLimits.CalendarCount
            ? new CalendarWindow { Unit = unit, First = first, Count = (int)count }
            : throw _tokens.Error(
                FilterErrorKind.Value, $"from {first} to {last} are not 1 to {FilterLimits.CalendarCount} units", "the earlier number first");
    }

    private int ReadSigned()
    {
        var token = _tokens.Current;
        if (token.Kind != TokenKind.Literal
            || !int.TryParse(token.Value, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number))
        {
            throw _tokens.Error(FilterErrorKind.Value, $"{token} is not a whole number", "a whole number");
        }

        _tokens.Skip(1);
        return number;
    }

    private FixedWindow? ReadFixed()
    {
        if (_tokens.Accept("on"))
        {
            var day = ReadEnd();
            return FilterValues.TryDate(day, out var date)
                ? new FixedWindow { From = day, Until = NodaTime.Text.LocalDatePattern.Iso.Format(NextDay(date)) }
                : throw _tokens.Error(FilterErrorKind.Value, "a day is needed here, not an instant", "a date such as 2026-11-23");
        }

        if (_tokens.Accept("before"))
        {
            return new FixedWindow { Until = ReadEnd() };
        }

        if (_tokens.Accept("since"))
        {
            return new FixedWindow { From = ReadEnd() };
        }

        if (!_tokens.Accept("from"))
        {
            return null;
        }

        var from = ReadEnd();
        _tokens.ExpectWord("until");
        return new FixedWindow { From = from, Until = ReadEnd() };
    }

    private string ReadEnd()
    {
        var token = _tokens.Current;
        if (token.Kind is not (TokenKind.Literal or TokenKind.Text)
            || !(FilterValues.TryDate(token.Value, out _) || FilterValues.TryInstant(token.Value, out _)))
        {
            throw _tokens.Error(FilterErrorKind.Value, $"{token} is not a date", "a date such as 2026-11-23", "a time such as 2026-11-23T10:00:00Z");
        }

        _tokens.Skip(1);
        return token.Value;
    }

    private Period ReadPeriod(int count, int start) => Placed(new Period { Count = count, Unit = ReadUnit() }, start);

    private TimeUnit ReadUnit()
    {
        var token = _tokens.Current;
        foreach (var unit in FilterWords.Units)
        {
            if (token.IsWord(unit.Value) || token.IsWord(unit.Value + "s"))
            {
                _tokens.Skip(1);
                return unit.Key;
            }
        }

        throw _tokens.Error($"{token} is not a unit of time", [.. FilterWords.Units.Values.Select(unit => unit + "s"), .. FilterWords.Units.Values]);
    }

    private NodaTime.LocalDate NextDay(NodaTime.LocalDate day) =>
        day < NodaTime.LocalDate.MaxIsoValue ? day.PlusDays(1) : throw _tokens.Error("there is no day after 9999-12-31; write SINCE instead", "since");
}
