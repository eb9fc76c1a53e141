using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using Outcome = Crm.Contacts.V1.MoveOpportunityResponse.Types.Outcome;
using Status = Crm.Contacts.V1.Opportunity.Types.Status;

namespace TagSegments.Tags.Tests.Crm.Opportunities;

public sealed class MoveOpportunityTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Moves_the_open_opportunity_that_was_created_last()
    {
        var (account, contact, pipeline) = await ArrangeAsync();
        var first = await CreateAsync(account, contact, pipeline);
        var last = await CreateAsync(account, contact, pipeline);
        await CreateAsync(account, contact, pipeline, Status.Won);

        var moved = await MoveAsync(account, contact, pipeline.Stages[1].StageId);
        var again = await MoveAsync(account, contact, pipeline.Stages[1].StageId);

        Assert.Equal((Outcome.Moved, last), (moved.Outcome, moved.Opportunity.OpportunityId));
        Assert.Equal((Outcome.Unchanged, last), (again.Outcome, again.Opportunity.OpportunityId));
        Assert.Equal(moved.Opportunity.Version, again.Opportunity.Version);
        Assert.Equal(
            [(first, pipeline.Stages[0].StageId), (last, pipeline.Stages[1].StageId)],
            (await ListAsync(account, contact)).Take(2).Select(o => (o.OpportunityId, o.StageId)));
    }

    [Fact]
    public async Task Creates_one_where_there_is_none_only_if_it_is_named()
    {
        var (account, contact, pipeline) = await ArrangeAsync();

        var none = await MoveAsync(account, contact, pipeline.Stages[1].StageId);
        var created = await MoveAsync(account, contact, pipeline.Stages[1].StageId, "Web");

        Assert.Equal((Outcome.None, null), (none.Outcome, none.Opportunity));
        Assert.Equal((Outcome.Created, "Web"), (created.Outcome, created.Opportunity.Name));
        Assert.Equal(created.Opportunity, Assert.Single(await ListAsync(account, contact)));
    }

    [Fact]
    public async Task A_repetition_changes_nothing_more_whatever_happened_since()
    {
        var (account, contact, pipeline) = await ArrangeAsync();
        var stage = pipeline.Stages[1].StageId;
        var first = await MoveAsync(account, contact, stage, "Web", "r1");
        var other = await CreateAsync(account, contact, pipeline);

        var repeated = await MoveAsync(account, contact, stage, "Web", "r1");

        Assert.Equal(first, repeated);
        Assert.Equal(pipeline.Stages[0].StageId, (await ListAsync(account, contact)).Single(o => o.OpportunityId == other).StageId);
    }

    [Fact]
    public async Task Refuses_what_is_not_there_and_changes_nothing()
    {
        var (account, contact, pipeline) = await ArrangeAsync();

        var stage = await Expect.FailureAsync(() => MoveAsync(account, contact, 99, "Web"));
        var nobody = await Expect.FailureAsync(() => MoveAsync(account, 99, pipeline.Stages[0].StageId, "Web"));
        var empty = await Expect.FailureAsync(() => MoveAsync(account, 0, 0));

        Assert.Equal("stage", stage.Is(StatusCode.NotFound, ErrorReason.NotFound).Metadata["resource"]);
        Assert.Equal("contact", nobody.Is(StatusCode.NotFound, ErrorReason.NotFound).Metadata["resource"]);
        empty.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "contact_id", "stage_id");
        Assert.Empty(await ListAsync(account, contact));
    }

    private async Task<(TestAccount Account, int Contact, Pipeline Pipeline)> ArrangeAsync()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var contact = (await account.Apps.Contacts.CreateContactAsync(new() { Account = account.Name, Contact = new() })).Contact.ContactId;
        var pipeline = (await account.Apps.Opportunities.CreatePipelineAsync(new()
        {
            Account = account.Name,
            Pipeline = new() { Name = "Sales", Stages = { new Stage { Name = "New" }, new Stage { Name = "Demo" } } },
        })).Pipeline;
        return (account, contact, pipeline);
    }

    private static async Task<MoveOpportunityResponse> MoveAsync(TestAccount account, int contact, int stage, string createName = "", string requestId = "") =>
        await account.Apps.Opportunities.MoveOpportunityAsync(
            new() { Account = account.Name, ContactId = contact, StageId = stage, CreateName = createName, RequestId = requestId });

    private static async Task<int> CreateAsync(TestAccount account, int contact, Pipeline pipeline, Status status = Status.Open) =>
        (await account.Apps.Opportunities.CreateOpportunityAsync(new()
        {
            Account = account.Name,
            Opportunity = new() { ContactId = contact, PipelineId = pipeline.PipelineId, StageId = pipeline.Stages[0].StageId, Status = status },
        })).Opportunity.OpportunityId;

    private static async Task<IReadOnlyList<Opportunity>> ListAsync(TestAccount account, int contact) =>
        (await account.Apps.Opportunities.ListOpportunitiesAsync(new() { Account = account.Name, ContactId = contact })).Opportunities;
}
