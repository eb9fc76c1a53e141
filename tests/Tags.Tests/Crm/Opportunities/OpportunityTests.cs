using Crm.Contacts.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;
using Field = Crm.Contacts.V1.Field;
using Status = Crm.Contacts.V1.Opportunity.Types.Status;

namespace TagSegments.Tags.Tests.Crm.Opportunities;

public sealed class OpportunityTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Keeps_the_order_of_stages()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var pipeline = await PipelineAsync(account, "New", "Demo", "Won");

        Assert.Equal(["New", "Demo", "Won"], pipeline.Stages.Select(stage => stage.Name));
        Assert.Equal(pipeline, Assert.Single((await account.Apps.Opportunities.ListPipelinesAsync(new() { Account = account.Name })).Pipelines));
    }

    [Fact]
    public async Task Refuses_a_pipeline_that_is_there_or_breaks_the_rules()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await PipelineAsync(account, "New");

        var taken = await Expect.FailureAsync(() => PipelineAsync(account, "New"));
        var wrong = await Expect.FailureAsync(() => account.Apps.Opportunities.CreatePipelineAsync(
            new() { Account = account.Name, Pipeline = new() { Name = " ", Stages = { new Stage { Name = "a" }, new Stage { Name = "a" } } } }).ResponseAsync);
        var empty = await Expect.FailureAsync(() => account.Apps.Opportunities.CreatePipelineAsync(
            new() { Account = account.Name, Pipeline = new() { Name = "Empty" } }).ResponseAsync);

        Assert.Equal("Sales", taken.Is(StatusCode.AlreadyExists, ErrorReason.AlreadyExists).Metadata["name"]);
        wrong.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "pipeline.name", "pipeline.stages[1].name");
        empty.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "pipeline.stages");
    }

    [Fact]
    public async Task Creates_an_opportunity_with_everything()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var pipeline = await PipelineAsync(account, "New");
        await account.CreateContactAsync(new());
        await account.Apps.Fields.CreateFieldAsync(new()
        {
            Account = account.Name,
            Field = new() { Key = "product", Type = Field.Types.Type.Text, Target = Field.Types.Target.Opportunity },
        });

        var created = await CreateAsync(account, new()
        {
            ExternalId = "d1",
            ContactId = 1,
            Name = "Big",
            PipelineId = pipeline.PipelineId,
            StageId = pipeline.Stages[0].StageId,
            Amount = "1054.50",
            OpenedDate = "2026-01-01",
            Fields = TestAccount.Values("product", Value.ForString("GTX")),
        });

        Assert.Equal(("1054.5", Status.Open, "2026-01-01", ""), (created.Amount, created.Status, created.OpenedDate, created.ClosedDate));
        var found = (await account.Apps.Opportunities.GetOpportunityAsync(new() { Account = account.Name, ExternalId = "d1" })).Opportunity;
        Assert.Equal(pipeline.Stages[0].StageId, Assert.Single(found.StageHistory).StageId);
        Assert.Equal("GTX", found.Fields.Fields["product"].StringValue);
    }

    [Fact]
    public async Task Reports_everything_that_is_wrong_at_once_and_creates_nothing()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var pipeline = await PipelineAsync(account, "New");

        var error = await Expect.FailureAsync(() => CreateAsync(account, new()
        {
            PipelineId = pipeline.PipelineId,
            StageId = pipeline.Stages[0].StageId,
            Name = new string('x', 201),
            Amount = "much",
            OpenedDate = "yesterday",
            ClosedDate = "2026-02-30",
            Status = (Status)9,
        }));

        Assert.Equal(
            ["opportunity.amount", "opportunity.closed_date", "opportunity.name", "opportunity.opened_date", "opportunity.status"],
            error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField).Fields.Order());
        Assert.Empty((await account.Apps.Opportunities.ListOpportunitiesAsync(new() { Account = account.Name })).Opportunities);
    }

    [Theory]
    [InlineData(99, 0, 0, "contact")]
    [InlineData(0, 99, 0, "pipeline")]
    [InlineData(0, 0, 99, "stage")]
    public async Task Refuses_what_does_not_exist(int contactId, int pipelineId, int stageId, string resource)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var pipeline = await PipelineAsync(account, "New");

        var error = await Expect.FailureAsync(() => CreateAsync(account, new()
        {
            ContactId = contactId,
            PipelineId = pipelineId == 0 ? pipeline.PipelineId : pipelineId,
            StageId = stageId == 0 ? pipeline.Stages[0].StageId : stageId,
        }));

        Assert.Equal(resource, error.Is(StatusCode.NotFound, ErrorReason.NotFound).Metadata["resource"]);
    }

    [Fact]
    public async Task Records_every_move_with_the_stage_before()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var pipeline = await PipelineAsync(account, "New", "Demo");
        var (first, second) = (pipeline.Stages[0].StageId, pipeline.Stages[1].StageId);
        await account.CreateContactAsync(new());
        var created = await CreateAsync(account, new() { ContactId = 1, PipelineId = pipeline.PipelineId, StageId = first, Amount = "5" });

        var moved = await UpdateAsync(account, new() { OpportunityId = created.OpportunityId, StageId = second, Amount = "7" });
        await UpdateAsync(account, new() { OpportunityId = created.OpportunityId, StageId = second, Amount = "7" });

        Assert.Equal((second, 2L), (moved.StageId, moved.Version));
        var history = (await account.Apps.Opportunities.GetOpportunityAsync(new() { Account = account.Name, OpportunityId = created.OpportunityId }))
            .Opportunity.StageHistory;
        Assert.Equal([first, second], history.Select(change => change.StageId));
        Assert.Equal(
            $$"""{"before": {"amount": "5", "stage_id": {{first}}}, "stage_id": {{second}}, "pipeline_id": {{pipeline.PipelineId}}, "opportunity_id": {{created.OpportunityId}}, "previous_stage_id": {{first}}}""",
            await account.QueryAsync<string>("""
                SELECT (before #- '{before,stage_since}')::text FROM crm.contact_change JOIN crm.account USING (account_id)
                WHERE name = @name AND kind = 6 ORDER BY pos DESC LIMIT 1
                """));
    }

    [Fact]
    public async Task Refuses_to_overwrite_a_change_that_was_not_seen()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var pipeline = await PipelineAsync(account, "New");
        var created = await CreateAsync(account, new() { PipelineId = pipeline.PipelineId, StageId = pipeline.Stages[0].StageId });
        await UpdateAsync(account, new() { OpportunityId = created.OpportunityId, Name = "a" });

        var error = await Expect.FailureAsync(() => UpdateAsync(account, new() { OpportunityId = created.OpportunityId, Version = 1, Name = "b" }));

        Assert.Equal("2", error.Is(StatusCode.Aborted, ErrorReason.VersionMismatch).Metadata["version"]);
    }

    [Fact]
    public async Task Refuses_an_external_id_that_is_taken()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var pipeline = await PipelineAsync(account, "New");
        var opportunity = new Opportunity { ExternalId = "d", PipelineId = pipeline.PipelineId, StageId = pipeline.Stages[0].StageId };
        await CreateAsync(account, opportunity);

        await Expect.FailureAsync(StatusCode.AlreadyExists, ErrorReason.AlreadyExists, () => CreateAsync(account, opportunity));
    }

    [Fact]
    public async Task Lists_one_contacts_opportunities_page_by_page()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var pipeline = await PipelineAsync(account, "New");
        await account.CreateContactAsync(new());
        for (var i = 0; i < 4; i++)
        {
            await CreateAsync(account, new() { ContactId = i % 2, PipelineId = pipeline.PipelineId, StageId = pipeline.Stages[0].StageId });
        }

        var first = await account.Apps.Opportunities.ListOpportunitiesAsync(new() { Account = account.Name, ContactId = 1, PageSize = 1 });
        var second = await account.Apps.Opportunities.ListOpportunitiesAsync(
            new() { Account = account.Name, ContactId = 1, PageSize = 1, PageToken = first.NextPageToken });

        Assert.Equal([2, 4], first.Opportunities.Concat(second.Opportunities).Select(opportunity => opportunity.OpportunityId));
        Assert.Equal("", second.NextPageToken);
    }

    [Fact]
    public async Task A_deleted_opportunity_is_gone_from_filters_lists_and_its_stage_and_known_to_the_past()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var pipeline = await PipelineAsync(account, "New", "Demo");
        await account.CreateContactAsync(new());
        var opportunity = new Opportunity { ExternalId = "d", ContactId = 1, PipelineId = pipeline.PipelineId, StageId = pipeline.Stages[0].StageId };
        var created = await CreateAsync(account, opportunity);
        var before = Timestamp.FromDateTime(DateTime.UtcNow);

        var deleted = await DeleteAsync(account, created.OpportunityId);

        Assert.Equal((created.OpportunityId, "d", 1), (deleted.OpportunityId, deleted.ExternalId, deleted.ContactId));
        Assert.Equal((0, 1), (await HoldersAsync(null), await HoldersAsync(before)));
        Assert.Empty((await account.Apps.Opportunities.ListOpportunitiesAsync(new() { Account = account.Name })).Opportunities);
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => DeleteAsync(account, created.OpportunityId));
        await Expect.FailureAsync(
            StatusCode.NotFound,
            ErrorReason.NotFound,
            () => UpdateAsync(account, new() { OpportunityId = created.OpportunityId, Name = "x" }));
        pipeline.Stages.RemoveAt(0);
        await account.Apps.Opportunities.UpdatePipelineAsync(new() { Account = account.Name, Pipeline = pipeline });
        opportunity.StageId = pipeline.Stages[0].StageId;
        Assert.NotEqual(created.OpportunityId, (await CreateAsync(account, opportunity)).OpportunityId);

        async Task<long> HoldersAsync(Timestamp? asOf) => (await account.Apps.Segments.CountContactsAsync(
            new() { Account = account.Name, Source = new() { Text = "has opportunity" }, AsOf = asOf })).Count;
    }

    [Fact]
    public async Task Deletes_only_the_version_that_was_seen()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var pipeline = await PipelineAsync(account, "New");
        var created = await CreateAsync(account, new() { PipelineId = pipeline.PipelineId, StageId = pipeline.Stages[0].StageId });
        await UpdateAsync(account, new() { OpportunityId = created.OpportunityId, Name = "a" });

        await Expect.FailureAsync(StatusCode.Aborted, ErrorReason.VersionMismatch, () => DeleteAsync(account, created.OpportunityId, version: 1));
        await DeleteAsync(account, created.OpportunityId, version: 2);
    }

    private static async Task<Opportunity> DeleteAsync(TestAccount account, int opportunityId, long version = 0) =>
        (await account.Apps.Opportunities.DeleteOpportunityAsync(new() { Account = account.Name, OpportunityId = opportunityId, Version = version })).Opportunity;

    private static async Task<Pipeline> PipelineAsync(TestAccount account, params string[] stages) =>
        (await account.Apps.Opportunities.CreatePipelineAsync(new()
        {
            Account = account.Name,
            Pipeline = new() { Name = "Sales", Stages = { stages.Select(name => new Stage { Name = name }) } },
        })).Pipeline;

    private static async Task<Opportunity> CreateAsync(TestAccount account, Opportunity opportunity) =>
        (await account.Apps.Opportunities.CreateOpportunityAsync(new() { Account = account.Name, Opportunity = opportunity })).Opportunity;

    private static async Task<Opportunity> UpdateAsync(TestAccount account, Opportunity opportunity) =>
        (await account.Apps.Opportunities.UpdateOpportunityAsync(new() { Account = account.Name, Opportunity = opportunity })).Opportunity;
}
