using Crm.Common.V1;
using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Library;

public sealed class TagLifecycleTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task A_deleted_tag_is_on_no_contact_and_comes_back_on_those_who_had_it()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(20_000);
        var tagId = await account.NewTagAsync("Hot");
        await account.BulkAsync(Enumerable.Range(1, 17_000), [tagId]);

        await DeleteAsync(account, tagId);
        Assert.Empty(await account.TagsOfAsync(5));
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => account.AddTagsAsync(5, tagId));

        var restored = await RestoreAsync(account, tagId);
        Assert.Equal(17_000, restored.ContactCount);
        Assert.Equal(["Hot"], await account.TagsOfAsync(16_999));
        Assert.Empty(await account.TagsOfAsync(17_001));
    }

    [Fact]
    public async Task Deletion_and_restoration_start_no_workflow_and_name_their_cause()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var contactId = await account.NewContactAsync();
        var tagId = await account.NewTagAsync("Hot");
        await account.AddTagsAsync(contactId, tagId);
        await DeleteAsync(account, tagId);
        await RestoreAsync(account, tagId);

        var events = (await account.EventsAsync()).Skip(1).ToList();

        Assert.Equal([TagEvent.Types.Kind.Removed, TagEvent.Types.Kind.Added], events.Select(e => e.Kind));
        Assert.All(events, e => Assert.Equal((Cause.Types.Kind.TagLifecycle, true), (e.Cause.Kind, e.SkipWorkflows)));
    }

    [Fact]
    public async Task Restoring_after_a_second_deletion_brings_back_the_holders_of_then()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(2);
        var tagId = await account.NewTagAsync("Hot");
        await account.AddTagsAsync(1, tagId);
        await DeleteAsync(account, tagId);
        await RestoreAsync(account, tagId);
        await account.RemoveTagsAsync(1, tagId);
        await DeleteAsync(account, tagId);

        Assert.Equal(0, (await RestoreAsync(account, tagId)).ContactCount);
    }

    [Fact]
    public async Task Deleting_a_deleted_tag_changes_nothing()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var tagId = await account.NewTagAsync("Hot");
        var deleted = await DeleteAsync(account, tagId);

        Assert.Equal(deleted, await DeleteAsync(account, tagId));
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => DeleteAsync(account, tagId + 1_000));
    }

    [Fact]
    public async Task A_tag_whose_name_was_given_away_cannot_be_restored()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var tagId = await account.NewTagAsync("Hot");
        await DeleteAsync(account, tagId);
        await account.CreateTagAsync("Hot");

        await Expect.FailureAsync(StatusCode.AlreadyExists, ErrorReason.AlreadyExists, () => RestoreAsync(account, tagId));
    }

    [Fact]
    public async Task No_straggler_puts_a_tag_on_a_contact_after_its_deletion()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(400);
        var tagId = await account.NewTagAsync("Hot");

        var adders = Task.WhenAll(Enumerable.Range(1, 400).Select(async contactId =>
        {
            try
            {
                await account.AddTagsAsync(contactId, tagId);
                return 1;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                return 0;
            }
        }));
        await DeleteAsync(account, tagId);
        var added = (await adders).Sum();

        Assert.Equal(0, (await account.GetTagAsync(tagId)).ContactCount);
        Assert.Equal(added, (await RestoreAsync(account, tagId)).ContactCount);
    }

    private static async Task<Tag> DeleteAsync(TagAccount account, int tagId) =>
        (await account.Tags.DeleteTagAsync(new DeleteTagRequest { Account = account.Name, TagId = tagId })).Tag;

    private static async Task<Tag> RestoreAsync(TagAccount account, int tagId) =>
        (await account.Tags.RestoreTagAsync(new RestoreTagRequest { Account = account.Name, TagId = tagId })).Tag;
}
