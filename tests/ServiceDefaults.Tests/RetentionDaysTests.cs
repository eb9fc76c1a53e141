using Microsoft.Extensions.Configuration;
using TagSegments.ServiceDefaults.Retention;

namespace TagSegments.ServiceDefaults.Tests;

/// <summary>Finding 25: the installation keeps data no shorter than an account may.</summary>
public sealed class RetentionDaysTests
{
    [Theory]
    [InlineData("ActivityDays", 1)]
    [InlineData("ChangeDays", 1)]
    [InlineData("RequestDays", 7)]
    [InlineData("RunDays", 1)]
    [InlineData("LedgerDays", 60)]
    [InlineData("AuditDays", 90)]
    public void Finding_25_a_shorter_time_than_an_account_may_set_stops_the_start(string name, int least)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Read(name, least == 1 ? -1 : least - 1));

        Assert.Contains($"Retention:{name}", error.Message, StringComparison.Ordinal);
        Read(name, least);
        Read(name, 0);
    }

    private static RetentionDays Read(string name, int days) => RetentionDays.From(new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { [$"Retention:{name}"] = $"{days}" })
        .Build());
}
