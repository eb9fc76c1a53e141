using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests;

/// <summary>64,000 customers of the MineThatData challenge; the expected numbers were counted outside of this product.</summary>
public sealed class HillstromTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [PublishedDataFact]
    public async Task Counts_of_the_hillstrom_customers_are_exact()
    {
        var cli = new Cli(shared.Apps);

        var summary = await cli.JsonAsync("import", PublishedData.PathOf("hillstrom/hillstrom.csv"), "--account", "hillstrom", "--external-id", "row");

        Assert.Equal(64_000, summary["created"]!.GetValue<long>());
        Assert.Equal(0, summary["failed"]!.GetValue<long>());
        Assert.Equal(48, await cli.CountAsync("hillstrom", """history_segment = "5) $500 - $750" AND zip_code = "Rural" AND channel = "Web" AND visit = 1"""));
        Assert.Equal(3_627, await cli.CountAsync("hillstrom", """segment = "Mens E-Mail" AND visit = 1 AND conversion = 0"""));
        Assert.Equal(1_380, await cli.CountAsync("hillstrom", """segment in ("Mens E-Mail", "Womens E-Mail") AND visit = 0 AND recency <= 3 AND mens = 1 AND womens = 1"""));
    }
}
