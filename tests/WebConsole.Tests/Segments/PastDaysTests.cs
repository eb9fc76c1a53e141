using System.Globalization;
using Crm.Segments.V1;
using TagSegments.WebConsole.Calls;
using TagSegments.WebConsole.Pages.Segments;
using TagSegments.WebConsole.Parts;

namespace TagSegments.WebConsole.Tests.Segments;

/// <summary>What the page of a segment keeps in its address: a day of the past, and a filter that is not finished.</summary>
public sealed class PastDaysTests
{
    [Fact]
    public void A_past_day_counts_to_its_end_and_anything_else_is_now()
    {
        var day = DateTime.UtcNow.Date.AddDays(-3);
        var text = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        Assert.Equal(day.AddDays(1).AddMicroseconds(-1), PastDays.EndOf(text)!.ToDateTime());
        Assert.Equal(text, PastDays.Say(3));
        Assert.Null(PastDays.Say(0));
        Assert.Null(PastDays.EndOf(null));
        Assert.Null(PastDays.EndOf("yesterday"));
        Assert.Null(PastDays.EndOf(DateTime.UtcNow.AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("Nothing is known about 2026-11-20T23:59:59.999999Z: it begins at 2026-11-23T09:05:00Z.", "Nothing is known about 2026-11-20 23:59 UTC: it begins at 2026-11-23 09:05 UTC.")]
    [InlineData("2026-99-20T23:59:59Z, on 2026-11-20", "2026-99-20T23:59:59Z, on 2026-11-20")]
    public void Instants_in_a_text_of_a_service_are_written_for_people(string text, string said) => Assert.Equal(said, Moments.SayIn(text));

    [Theory]
    [InlineData("2026-11-23T09:05:07.250000Z", 23)]
    [InlineData("some time ago", null)]
    public void The_refusal_of_a_day_says_where_the_history_begins(string earliest, int? day)
    {
        var problem = new Problem("HISTORY_MISSING", "") { Details = new Dictionary<string, string> { ["earliest"] = earliest } };

        Assert.Equal(day, PastDays.BeginOf(problem)?.Day);
        Assert.Null(PastDays.BeginOf(new("HISTORY_MISSING", "")));
    }

    [Fact]
    public void A_filter_without_an_end_is_kept_and_what_is_none_is_nothing()
    {
        var filter = new Filter { AllOf = new() { Filters = { new Filter { Tag = new() }, new Filter { Everyone = new() } } } };

        Assert.Equal(filter, KeptMessage.Read<Filter>(KeptMessage.Write(filter)));
        Assert.Null(KeptMessage.Write(null));
        Assert.Null(KeptMessage.Read<Filter>("no tree!"));
        Assert.Null(KeptMessage.Read<Filter>("AAAA"));
    }
}
