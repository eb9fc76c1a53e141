using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Tags.V1;
using Google.Rpc;
using Grpc.Core;
using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests;

/// <summary>An account of one test, with short forms of the calls that tests make all the time.</summary>
internal sealed class TagAccount
{
    private readonly TestApps _apps;

    private TagAccount(TestApps apps, string name)
    {
        _apps = apps;
        Name = name;
    }

    public string Name { get; }

    public TagService.TagServiceClient Tags => _apps.Tags;

    public static async Task<TagAccount> NewAsync(TestApps apps) => new(apps, await apps.NewAccountAsync());

    public async Task<int> NewContactAsync() =>
        (await _apps.Contacts.CreateContactAsync(new CreateContactRequest { Account = Name, Contact = new Contact { FirstName = "Ada" } }))
            .Contact.ContactId;

    /// <summary>Makes contacts 1 to <paramref name="count"/> living, which is all that tags ask of them.</summary>
    public async Task NewContactsAsync(int count)
    {
        await using var database = Database();
        var cause = new ChangeCause(Cause.Types.Kind.Import, "test");
        await AccountTransaction.RunAsync(
            database,
            await IdAsync(),
            transaction => transaction.SetBitsAsync(AccountTransaction.LivingTag, [.. Enumerable.Range(1, count)], on: true, cause, default),
            default);
    }

    public async Task DeleteContactAsync(int contactId) =>
        await _apps.Contacts.DeleteContactAsync(new DeleteContactRequest { Account = Name, ContactId = contactId });

    public async Task RestoreContactAsync(int contactId) =>
        await _apps.Contacts.RestoreContactAsync(new RestoreContactRequest { Account = Name, ContactId = contactId });

    public async Task<int> NewTagAsync(string name) => (await CreateAsync(name)).TagId;

    public async Task<Tag> CreateAsync(string name) =>
        (await Tags.CreateTagAsync(new CreateTagRequest { Account = Name, Tag = new Tag { Name = name } })).Tag;

    public async Task<Tag> GetAsync(int tagId) => (await Tags.GetTagAsync(new GetTagRequest { Account = Name, TagId = tagId })).Tag;

    public async Task<AddTagsResponse> AddAsync(int contactId, params int[] tagIds) =>
        await Tags.AddTagsAsync(new AddTagsRequest { Account = Name, ContactId = contactId, TagIds = { tagIds } });

    public async Task<RemoveTagsResponse> RemoveAsync(int contactId, params int[] tagIds) =>
        await Tags.RemoveTagsAsync(new RemoveTagsRequest { Account = Name, ContactId = contactId, TagIds = { tagIds } });

    public async Task<BulkTagResponse> BulkAsync(IEnumerable<int> contactIds, int[] add, params int[] remove) =>
        await Tags.BulkTagAsync(new BulkTagRequest { Account = Name, ContactIds = { contactIds }, AddTagIds = { add }, RemoveTagIds = { remove } });

    public async Task DeleteTagAsync(int tagId) => await Tags.DeleteTagAsync(new DeleteTagRequest { Account = Name, TagId = tagId });

    public async Task RestoreTagAsync(int tagId) => await Tags.RestoreTagAsync(new RestoreTagRequest { Account = Name, TagId = tagId });

    public async Task<string[]> TagsOfAsync(int contactId)
    {
        var response = await Tags.BatchGetContactTagsAsync(new BatchGetContactTagsRequest { Account = Name, ContactIds = { contactId } });
        return [.. response.Contacts.Single().Tags.Select(tag => tag.Name)];
    }

    /// <summary>Every event of the account, oldest first.</summary>
    public async Task<List<TagEvent>> EventsAsync(Action<ListTagEventsRequest>? filter = null, int pageSize = 1_000)
    {
        var request = new ListTagEventsRequest { Account = Name, PageSize = pageSize };
        filter?.Invoke(request);
        var events = new List<TagEvent>();
        do
        {
            var page = await Tags.ListTagEventsAsync(request);
            events.AddRange(page.Events);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        events.Reverse();
        return events;
    }

    public async Task<int> IdAsync()
    {
        await using var database = Database();
        await using var command = database.CreateCommand("SELECT account_id FROM crm.account WHERE name = $1");
        command.Parameters.AddWithValue(Name);
        return (int)(await command.ExecuteScalarAsync())!;
    }

    public async Task<long> PositionAsync()
    {
        await using var database = Database();
        await using var command = database.CreateCommand("SELECT pos FROM crm.clock JOIN crm.account USING (account_id) WHERE name = $1");
        command.Parameters.AddWithValue(Name);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Connects as the tag service does.</summary>
    public NpgsqlDataSource Database() => NpgsqlDataSource.Create(_apps.Database.RoleConnectionString("tags"));

    /// <summary>Runs a call that must fail and gives the status, the reason and the first field named.</summary>
    public static async Task<(StatusCode Code, string Reason, string Field)> FailureAsync(Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(call);
        var status = failure.GetRpcStatus();
        return (
            failure.StatusCode,
            status?.GetDetail<ErrorInfo>()?.Reason ?? "",
            status?.GetDetail<BadRequest>()?.FieldViolations.FirstOrDefault()?.Field ?? "");
    }
}
