using Crm.Common.V1;
using Crm.Tags.V1;
using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests;

/// <summary>An account whose tags are tested.</summary>
internal sealed class TagAccount(TestApps apps, string name) : TestAccount(apps, name)
{
    public TagService.TagServiceClient Tags => Apps.Tags;

    public static new async Task<TagAccount> NewAsync(TestApps apps) => new(apps, await apps.NewAccountAsync());

    /// <summary>Makes contacts 1 to <paramref name="count"/> living, which is all that tags ask of them.</summary>
    public async Task NewContactsAsync(int count)
    {
        await using var databases = Apps.Database.Of("tags");
        var cause = new ChangeCause(Cause.Types.Kind.Import, "test");
        await AccountTransaction.RunAsync(
            databases.Accounts,
            await IdAsync(),
            transaction => transaction.SetBitsAsync(AccountTransaction.LivingTag, [.. Enumerable.Range(1, count)], on: true, cause, default),
            default);
    }

    public async Task<Tag> GetTagAsync(int tagId) => (await Tags.GetTagAsync(new GetTagRequest { Account = Name, TagId = tagId })).Tag;

    public async Task<BulkTagResponse> BulkAsync(IEnumerable<int> contactIds, int[] add, params int[] remove) =>
        await Tags.BulkTagAsync(new BulkTagRequest { Account = Name, ContactIds = { contactIds }, AddTagIds = { add }, RemoveTagIds = { remove } });

    public async Task DeleteTagAsync(int tagId) => await Tags.DeleteTagAsync(new DeleteTagRequest { Account = Name, TagId = tagId });

    public async Task RestoreTagAsync(int tagId) => await Tags.RestoreTagAsync(new RestoreTagRequest { Account = Name, TagId = tagId });

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

    public Task<int> IdAsync() => QueryAsync<int>("SELECT account_id FROM crm.account WHERE name = @name");

    /// <summary>Connects as the owner, to look behind the service.</summary>
    public NpgsqlDataSource Database() => NpgsqlDataSource.Create(Apps.Database.OwnerConnectionString);
}
