namespace TagSegments.Testing;

/// <summary>Keeps midnight out of tests that say "today".</summary>
public static class Midnight
{
    private static readonly TimeSpan s_enough = TimeSpan.FromMinutes(1);

    /// <summary>Waits if the day of a zone is about to end, so that the test is over before it does, and returns the day.</summary>
    public static async Task<DateTime> PassAsync(string zone)
    {
        var left = Now(zone).Date.AddDays(1) - Now(zone);
        if (left < s_enough)
        {
            await Task.Delay(left + TimeSpan.FromSeconds(1));
        }

        return Now(zone).Date;
    }

    private static DateTime Now(string zone) => TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById(zone)).DateTime;
}
