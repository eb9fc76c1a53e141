using TagSegments.Campaigns;
using TagSegments.Segments;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Tags;
using TagSegments.Workflows;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

public sealed class MigrationTests
{
    [Theory]
    [InlineData(typeof(TagsApp), "tagsegments_segments", "tagsegments_segments_work", "tagsegments_tags", "tagsegments_tags_work")]
    [InlineData(typeof(SegmentsApp), "tagsegments_segments", "tagsegments_segments_work")]
    [InlineData(typeof(CampaignsApp), "tagsegments_campaigns", "tagsegments_campaigns_work", "tagsegments_segments", "tagsegments_segments_work")]
    [InlineData(typeof(WorkflowsApp), "tagsegments_segments", "tagsegments_workflows", "tagsegments_workflows_work")]
    public void Migrations_create_the_roles_that_they_grant_something_to(Type app, params string[] roles) =>
        Assert.Equal(roles, Migrator.Roles(app.Assembly));

    [Theory]
    [InlineData(typeof(TagsApp))]
    [InlineData(typeof(SegmentsApp))]
    [InlineData(typeof(CampaignsApp))]
    [InlineData(typeof(WorkflowsApp))]
    public void Migrations_of_a_service_are_numbered_one_by_one(Type app)
    {
        var numbers = Migrator.AllNames(app.Assembly).Select(name => name["0000".Length] == '_' ? name[..4] : name).ToList();

        Assert.NotEmpty(numbers);
        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(number => $"{number:D4}"), numbers);
    }
}
