using System.Globalization;
using Crm.Segments.V1;
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
