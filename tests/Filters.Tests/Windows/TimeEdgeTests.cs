using NodaTime;
using TagSegments.Filters.Windows;

namespace TagSegments.Filters.Tests.Windows;

/// <summary>The edges of windows, each as an instant.</summary>
public sealed class TimeEdgeTests
{
    [Theory]
    [InlineData("Pacific/Kiritimati")]
    [InlineData("Europe/Berlin")]
    [InlineData("UTC")]
    [InlineData("Pacific/Pago_Pago")]
    public void The_first_and_the_last_day_are_instants_in_every_zone_or_outside_of_all(string zone)
    {
        foreach (var day in new[] { new LocalDate(1, 1, 1), new LocalDate(1, 1, 2), new LocalDate(9999, 12, 30), new LocalDate(9999, 12, 31) })
        {
            var instant = TimeEdge.At(day).ToInstant(DateTimeZoneProviders.Tzdb[zone])?.ToDateTimeUtc();

            Assert.Equal(day == new LocalDate(1, 1, 1), instant is null);
        }
    }
}
