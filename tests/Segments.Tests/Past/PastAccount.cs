using Crm.Activity.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Past;

/// <summary>An account that is asked about its past.</summary>
internal sealed class PastAccount(TestApps apps, string name) : TestAccount(apps, name)
{
    public static new async Task<PastAccount> NewAsync(TestApps apps) => new(apps, await apps.NewAccountAsync());

    /// <summary>The present instant by the clock that dates commits: everything acknowledged lies before it, whatever follows lies after it.</summary>
    public async Task<Timestamp> InstantAsync() => Timestamp.FromDateTime(await QueryAsync<DateTime>("SELECT clock_timestamp()"));

    /// <summary>Lists who matches a text, now or as of an instant.</summary>
    public async Task<int[]> MatchesAsync(string text, Timestamp? asOf = null)
    {
        var source = new FilterSource { Text = text };
        var list = await Apps.Segments.ListMatchesAsync(new ListMatchesRequest { Account = Name, Source = source, AsOf = asOf, PageSize = 1_000 });
        var count = await Apps.Segments.CountContactsAsync(new CountContactsRequest { Account = Name, Source = source, AsOf = asOf });
        Assert.Equal(list.ContactIds.Count, count.Count);
        return [.. list.ContactIds];
    }

    public async Task<Pipeline> PipelineAsync(string pipeline, params string[] stages) =>
        (await Apps.Opportunities.CreatePipelineAsync(new()
        {
            Account = Name,
            Pipeline = new Pipeline { Name = pipeline, Stages = { stages.Select(stage => new Stage { Name = stage }) } },
        })).Pipeline;

    public async Task<Opportunity> OpportunityAsync(int contactId, Stage stage, int pipelineId, string amount) =>
        (await Apps.Opportunities.CreateOpportunityAsync(new()
        {
            Account = Name,
            Opportunity = new Opportunity { ContactId = contactId, PipelineId = pipelineId, StageId = stage.StageId, Amount = amount },
        })).Opportunity;

    public async Task UpdateOpportunityAsync(Opportunity opportunity, params string[] mask) =>
        await Apps.Opportunities.UpdateOpportunityAsync(
            new() { Account = Name, Opportunity = opportunity, UpdateMask = new FieldMask { Paths = { mask } } });

    public async Task OpenedAsync(int contactId, DateTime at) => await Apps.Activity.RecordActivitiesAsync(new RecordActivitiesRequest
    {
        Account = Name,
        Activities =
        {
            new Activity { ContactId = contactId, Kind = Activity.Types.Kind.Opened, Channel = Channel.Email, Time = Timestamp.FromDateTime(at) },
        },
    });
}
