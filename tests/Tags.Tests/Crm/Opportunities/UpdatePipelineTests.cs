using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Opportunities;

public sealed class UpdatePipelineTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Renames_reorders_adds_and_removes_stages()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var pipeline = await CreateAsync(account, "A", "B", "C");
        var (a, b) = (pipeline.Stages[0].StageId, pipeline.Stages[1].StageId);

        await UpdateAsync(account, new()
        {
            PipelineId = pipeline.PipelineId,
            Name = "Deals",
            Stages = { new Stage { StageId = b, Name = "A" }, new Stage { Name = "New" }, new Stage { StageId = a, Name = "B" } },
        });

        var stored = Assert.Single((await account.Apps.Opportunities.ListPipelinesAsync(new() { Account = account.Name })).Pipelines);
        Assert.Equal("Deals", stored.Name);
        Assert.Equal(["A", "New", "B"], stored.Stages.Select(stage => stage.Name));
        Assert.Equal((b, a), (stored.Stages[0].StageId, stored.Stages[2].StageId));
    }

    [Fact]
    public async Task Keeps_a_stage_that_has_opportunities()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var pipeline = await CreateAsync(account, "A", "B");
        await account.Apps.Opportunities.CreateOpportunityAsync(new()
        {
            Account = account.Name,
            Opportunity = new() { PipelineId = pipeline.PipelineId, StageId = pipeline.Stages[0].StageId },
        });
        var without = pipeline.Clone();
        without.Stages.RemoveAt(0);

        var error = await Expect.FailureAsync(() => UpdateAsync(account, without));

        Assert.Equal($"{pipeline.Stages[0].StageId}", error.Is(StatusCode.FailedPrecondition, ErrorReason.InUse).Metadata["id"]);
        Assert.Equal(pipeline, Assert.Single((await account.Apps.Opportunities.ListPipelinesAsync(new() { Account = account.Name })).Pipelines));
    }

    [Fact]
    public async Task Refuses_what_does_not_exist()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var pipeline = await CreateAsync(account, "A");

        var noPipeline = await Expect.FailureAsync(() => UpdateAsync(account, new() { PipelineId = 99, Name = "X", Stages = { new Stage { Name = "A" } } }));
        var noStage = await Expect.FailureAsync(() => UpdateAsync(
            account, new() { PipelineId = pipeline.PipelineId, Name = "X", Stages = { new Stage { StageId = 99, Name = "A" } } }));

        Assert.Equal("pipeline", noPipeline.Is(StatusCode.NotFound, ErrorReason.NotFound).Metadata["resource"]);
        Assert.Equal("stage", noStage.Is(StatusCode.NotFound, ErrorReason.NotFound).Metadata["resource"]);
    }

    private static async Task<Pipeline> CreateAsync(TestAccount account, params string[] stages) =>
        (await account.Apps.Opportunities.CreatePipelineAsync(new()
        {
            Account = account.Name,
            Pipeline = new() { Name = "Sales", Stages = { stages.Select(name => new Stage { Name = name }) } },
        })).Pipeline;

    private static async Task UpdateAsync(TestAccount account, Pipeline pipeline) =>
        await account.Apps.Opportunities.UpdatePipelineAsync(new() { Account = account.Name, Pipeline = pipeline });
}
