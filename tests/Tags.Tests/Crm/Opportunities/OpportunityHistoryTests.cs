using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Opportunities;

/// <summary>The log of opportunities that filters of the past read.</summary>
public sealed class OpportunityHistoryTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Keeps_the_values_before_each_change_also_of_orphans()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var pipeline = (await account.Apps.Opportunities.CreatePipelineAsync(new()
        {
            Account = account.Name,
            Pipeline = new Pipeline { Name = "Sales", Stages = { new Stage { Name = "New" }, new Stage { Name = "Won" } } },
        })).Pipeline;
        var created = (await account.Apps.Opportunities.CreateOpportunityAsync(new()
        {
            Account = account.Name,
            Opportunity = new() { PipelineId = pipeline.PipelineId, StageId = pipeline.Stages[0].StageId, Amount = "5" },
        })).Opportunity;

        await account.Apps.Opportunities.UpdateOpportunityAsync(new()
        {
            Account = account.Name,
            Opportunity = new() { OpportunityId = created.OpportunityId, StageId = pipeline.Stages[1].StageId, Amount = "7" },
            UpdateMask = new FieldMask { Paths = { "stage_id", "amount" } },
        });

        var since = $"{created.StageTime.ToDateTime():yyyy-MM-ddTHH:mm:ss.ffffffZ}";
        Assert.Equal(
            $$"""created, {"amount": "5", "stage_id": {{pipeline.Stages[0].StageId}}, "stage_since": "{{since}}"}""",
            await account.QueryAsync<string>("""
                SELECT string_agg(coalesce(before::text, 'created'), ', ' ORDER BY pos)
                FROM crm.opportunity_change JOIN crm.account USING (account_id) WHERE name = @name
                """));
    }
}
