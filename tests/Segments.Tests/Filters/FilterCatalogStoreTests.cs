using Crm.Segments.V1;
using Npgsql;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Tests.Filters.Oracle;

namespace TagSegments.Segments.Tests.Filters;

public sealed class FilterCatalogStoreTests(RuleWorld world) : IClassFixture<RuleWorld>
{
    [Fact]
    public async Task Loads_every_name_of_one_account()
    {
        await using var connection = new NpgsqlConnection(world.SegmentsConnectionString);

        var catalog = await FilterCatalogStore.LoadAsync(connection, 1, CancellationToken.None);

        Assert.Equal(("Europe/Berlin", 1), (catalog.TimeZone, catalog.WeekStart));
        Assert.Equal(WorldNames.Tags.Select(tag => tag.Name).Order(), catalog.Tags.Names.Order());
        Assert.Equal(WorldNames.Pipelines.Select(pipeline => pipeline.Name).Order(), catalog.Pipelines.Order());
        Assert.Equal(WorldNames.Stages.Select(stage => stage.Name).Distinct().Order(), catalog.Stages.Order());
        Assert.Equal(["Gold", "Silver", "Čáslav", "gold plus"], catalog.Field(new FieldRef { FieldId = 16 }, ofOpportunity: false)!.Choices);
        Assert.Equal("margin", catalog.Field(new FieldRef { FieldId = 22 }, ofOpportunity: true)!.Name);
    }
}
