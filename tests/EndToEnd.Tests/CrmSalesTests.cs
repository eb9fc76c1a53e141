using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests;

/// <summary>85 companies with 8,800 deals; the expected numbers were counted outside of this product.</summary>
public sealed class CrmSalesTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [PublishedDataFact]
    public async Task Counts_over_opportunities_are_exact()
    {
        var cli = new Cli(shared.Apps);
        await cli.JsonAsync("import", PublishedData.PathOf("crm-sales-opportunities/accounts.csv"), "--account", "crm", "--external-id", "account");

        var summary = await cli.JsonAsync(
            "import", PublishedData.PathOf("crm-sales-opportunities/sales_pipeline.csv"), "--kind", "opportunities", "--account", "crm",
            "--external-id", "opportunity_id", "--contact", "account", "--stage", "deal_stage", "--amount", "close_value",
            "--opened", "engage_date", "--closed", "close_date");

        Assert.Equal(8_800, summary["created"]!.GetValue<long>());
        Assert.Equal(1_425, summary["orphans"]!.GetValue<long>());
        Assert.Equal(9, await cli.CountAsync("crm", """sector = "retail" AND has at least 8 opportunities (stage in ("Engaging", "Prospecting"))"""));
        Assert.Equal(12, await cli.CountAsync("crm", """has no opportunity (stage = "Prospecting")"""));
        Assert.Equal(23, await cli.CountAsync("crm", """sum of amount of opportunities (status = "won" AND closed from 2017-10-01 until 2018-01-01) >= 40000"""));
    }
}
