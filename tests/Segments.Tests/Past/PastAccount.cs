using Crm.Activity.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using TagSegments.Testing;
using Field = Crm.Contacts.V1.Field;

namespace TagSegments.Segments.Tests.Past;

/// <summary>An account written through the real services, with short forms of the calls that tests of the past make.</summary>
internal sealed class PastAccount(TestApps apps, string name)
{
    public string Name => name;

    public TestApps Apps => apps;

    public static async Task<PastAccount> NewAsync(TestApps apps) => new(apps, await apps.NewAccountAsync());

    /// <summary>The present instant by the clock that dates commits: everything acknowledged lies before it, whatever follows behind it.</summary>
    public async Task<Timestamp> InstantAsync()
    {
        await using var connection = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        return Timestamp.FromDateTime(await connection.ExecuteScalarAsync<DateTime>("SELECT clock_timestamp()"));
    }

    /// <summary>Lists who matches a text, now or as of an instant.</summary>
    public async Task<int[]> MatchesAsync(string text, Timestamp? asOf = null)
    {
        var source = new FilterSource { Text = text };
        var list = await apps.Segments.ListMatchesAsync(new ListMatchesRequest { Account = name, Source = source, AsOf = asOf, PageSize = 1_000 });
        var count = await apps.Segments.CountContactsAsync(new CountContactsRequest { Account = name, Source = source, AsOf = asOf });
        Assert.Equal(list.ContactIds.Count, count.Count);
        return [.. list.ContactIds];
    }

    public async Task<int> ContactAsync(Contact? contact = null) =>
        (await apps.Contacts.CreateContactAsync(new() { Account = name, Contact = contact ?? new Contact { FirstName = "Ada" } })).Contact.ContactId;

    public async Task UpdateAsync(Contact contact, params string[] mask) =>
        await apps.Contacts.UpdateContactAsync(new() { Account = name, Contact = contact, UpdateMask = new FieldMask { Paths = { mask } } });

    public async Task<int> TagAsync(string tag) =>
        (await apps.Tags.CreateTagAsync(new() { Account = name, Tag = new Tag { Name = tag } })).Tag.TagId;

    public async Task AddAsync(int contactId, int tagId) =>
        await apps.Tags.AddTagsAsync(new() { Account = name, ContactId = contactId, TagIds = { tagId } });

    public async Task RemoveAsync(int contactId, int tagId) =>
        await apps.Tags.RemoveTagsAsync(new() { Account = name, ContactId = contactId, TagIds = { tagId } });

    public async Task<Field> FieldAsync(string key, Field.Types.Type type, params string[] choices) =>
        (await apps.Fields.CreateFieldAsync(new() { Account = name, Field = new Field { Key = key, Type = type, Choices = { choices } } })).Field;

    public async Task<Pipeline> PipelineAsync(string pipeline, params string[] stages) =>
        (await apps.Opportunities.CreatePipelineAsync(new()
        {
            Account = name,
            Pipeline = new Pipeline { Name = pipeline, Stages = { stages.Select(stage => new Stage { Name = stage }) } },
        })).Pipeline;

    public async Task<Opportunity> OpportunityAsync(int contactId, Stage stage, int pipelineId, string amount) =>
        (await apps.Opportunities.CreateOpportunityAsync(new()
        {
            Account = name,
            Opportunity = new Opportunity { ContactId = contactId, PipelineId = pipelineId, StageId = stage.StageId, Amount = amount },
        })).Opportunity;

    public async Task UpdateAsync(Opportunity opportunity, params string[] mask) =>
        await apps.Opportunities.UpdateOpportunityAsync(
            new() { Account = name, Opportunity = opportunity, UpdateMask = new FieldMask { Paths = { mask } } });

    public async Task OpenedAsync(int contactId, DateTime at) => await apps.Activity.RecordActivitiesAsync(new RecordActivitiesRequest
    {
        Account = name,
        Activities =
        {
            new Activity { ContactId = contactId, Kind = Activity.Types.Kind.Opened, Channel = Channel.Email, Time = Timestamp.FromDateTime(at) },
        },
    });

    public static Struct Values(string key, Value value) => new() { Fields = { [key] = value } };
}
