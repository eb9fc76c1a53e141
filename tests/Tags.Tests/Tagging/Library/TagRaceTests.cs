using Crm.Common.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Library;

/// <summary>Two callers change the same tag at the same moment.</summary>
public sealed class TagRaceTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Of_two_renames_to_one_name_at_once_one_succeeds()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var (a, b) = (await account.NewTagAsync("a"), await account.NewTagAsync("b"));

        var outcomes = await Task.WhenAll(Expect.StatusAsync(() => RenameAsync(account, a, "c")), Expect.StatusAsync(() => RenameAsync(account, b, "c")));

        Assert.Equal([StatusCode.OK, StatusCode.AlreadyExists], outcomes.Order());
        Assert.Equal(1, new[] { (await account.GetTagAsync(a)).Name, (await account.GetTagAsync(b)).Name }.Count(name => name == "c"));
    }

    [Fact]
    public async Task Two_deletions_at_once_take_the_tag_off_each_contact_once()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(10);
        var tagId = await account.NewTagAsync("a");
        await account.BulkAsync(Enumerable.Range(1, 10), [tagId]);

        var outcomes = await Task.WhenAll(Expect.StatusAsync(() => account.DeleteTagAsync(tagId)), Expect.StatusAsync(() => account.DeleteTagAsync(tagId)));

        Assert.All(outcomes, code => Assert.Equal(StatusCode.OK, code));
        var removed = await account.EventsAsync(request => request.CauseKind = Cause.Types.Kind.TagLifecycle);
        Assert.Equal(Enumerable.Range(1, 10), removed.Select(e => e.ContactId).Order());
    }

    [Fact]
    public async Task A_deletion_and_a_rename_at_once_leave_a_deleted_tag()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var tagId = await account.NewTagAsync("a");

        var outcomes = await Task.WhenAll(Expect.StatusAsync(() => account.DeleteTagAsync(tagId)), Expect.StatusAsync(() => RenameAsync(account, tagId, "b")));

        Assert.Equal(StatusCode.OK, outcomes[0]);
        Assert.True(outcomes[1] is StatusCode.OK or StatusCode.NotFound);
        var tag = await account.GetTagAsync(tagId);
        Assert.NotNull(tag.DeleteTime);
        Assert.Equal(outcomes[1] == StatusCode.OK ? "b" : "a", tag.Name);
    }

    [Fact]
    public async Task Deleting_a_contact_makes_no_event_of_its_tags()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var (contactId, tagId) = (await account.NewContactAsync(), await account.NewTagAsync("a"));
        await account.AddTagsAsync(contactId, tagId);

        await account.DeleteContactAsync(contactId);

        Assert.Equal(TagEvent.Types.Kind.Added, Assert.Single(await account.EventsAsync(request => request.TagId = tagId)).Kind);
        Assert.Equal(0, (await account.GetTagAsync(tagId)).ContactCount);
    }

    private static Task RenameAsync(TagAccount account, int tagId, string name) => account.Tags.UpdateTagAsync(new UpdateTagRequest
    {
        Account = account.Name,
        Tag = new Tag { TagId = tagId, Name = name },
        UpdateMask = new FieldMask { Paths = { "name" } },
    }).ResponseAsync;
}
