using Crm.Common.V1;
using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Bulk;

public sealed class BulkTagTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Takes_100_000_numbers_in_one_call()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(100_000);
        var tagId = await account.NewTagAsync("Hot");

        var response = await account.BulkAsync(Enumerable.Range(1, 100_000), [tagId]);

        Assert.Equal((100_000, 0), (response.Changes.Single().Changed, response.SkippedContacts));
        Assert.Equal(100_000, (await account.GetTagAsync(tagId)).ContactCount);
    }

    [Fact]
    public async Task Numbers_of_contacts_of_another_account_are_nobodys_here()
    {
        var (account, other) = (await TagAccount.NewAsync(shared.Apps), await TagAccount.NewAsync(shared.Apps));
        await account.NewContactsAsync(2);
        await other.NewContactsAsync(5);
        var tagId = await account.NewTagAsync("Hot");

        var response = await account.BulkAsync([1, 2, 3, 4, 5], [tagId]);

        Assert.Equal((2, 3), (response.Changes.Single().Changed, response.SkippedContacts));
        Assert.Empty(await other.EventsAsync(request => request.TagId = tagId));
        Assert.Empty(await other.TagsOfAsync(4));
    }

    [Fact]
    public async Task Appends_and_never_overwrites()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(100);
        var (old, hot) = (await account.NewTagAsync("Old"), await account.NewTagAsync("Hot"));
        await account.BulkAsync(Enumerable.Range(1, 50), [old]);
        await account.BulkAsync(Enumerable.Range(1, 10), [hot]);

        var response = await account.BulkAsync(Enumerable.Range(1, 100), [hot]);

        Assert.Equal(new TagChangeCount { TagId = hot, Changed = 90, Unchanged = 10 }, Assert.Single(response.Changes));
        Assert.Equal(["Hot", "Old"], await account.TagsOfAsync(5));
        Assert.Equal(["Hot"], await account.TagsOfAsync(51));
    }

    [Fact]
    public async Task Adds_and_removes_at_once_across_chunks()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(100_000);
        var (old, hot) = (await account.NewTagAsync("Old"), await account.NewTagAsync("Hot"));
        await account.BulkAsync(Enumerable.Range(1, 60_000), [old]);

        var response = await account.BulkAsync(Enumerable.Range(1, 100_000), [hot], remove: old);

        Assert.Equal(
            [
                new TagChangeCount { TagId = hot, Changed = 100_000 },
                new TagChangeCount { TagId = old, Changed = 60_000, Unchanged = 40_000 },
            ],
            response.Changes);
        Assert.Equal((100_000, 0), ((await account.GetTagAsync(hot)).ContactCount, (await account.GetTagAsync(old)).ContactCount));
    }

    [Fact]
    public async Task Skips_and_counts_contacts_that_do_not_live()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var contactIds = new[] { await account.NewContactAsync(), await account.NewContactAsync() };
        await account.DeleteContactAsync(contactIds[0]);
        var tagId = await account.NewTagAsync("Hot");

        var response = await account.BulkAsync([.. contactIds, 500, 1_000_000, -3, contactIds[1]], [tagId]);

        Assert.Equal((4, 1), (response.SkippedContacts, response.Changes.Single().Changed));
    }

    [Fact]
    public async Task The_same_tag_to_add_and_to_remove_is_an_error()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(1);
        var tagId = await account.NewTagAsync("Hot");

        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => account.BulkAsync([1], [tagId], tagId),
            "remove_tag_ids");
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => account.BulkAsync([], [tagId]));
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => account.BulkAsync([1], []));
    }

    [Fact]
    public async Task An_unknown_tag_changes_nothing()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(1);
        var tagId = await account.NewTagAsync("Hot");

        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => account.BulkAsync([1], [tagId, tagId + 1_000]));
        Assert.Empty(await account.EventsAsync());
    }

    [Fact]
    public async Task Twins_with_one_request_id_get_one_answer_and_have_one_effect()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(50_000);
        var tagId = await account.NewTagAsync("Hot");
        var request = new BulkTagRequest
        {
            Account = account.Name,
            ContactIds = { Enumerable.Range(1, 50_000) },
            AddTagIds = { tagId },
            RequestId = "bulk",
        };

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => account.Tags.BulkTagAsync(request).ResponseAsync));

        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        Assert.Equal(50_000, answers[0].Changes.Single().Changed);

        await account.RemoveTagsAsync(1, tagId);
        Assert.Equal(answers[0], await account.Tags.BulkTagAsync(request));
        Assert.Equal(49_999, (await account.GetTagAsync(tagId)).ContactCount);
    }

    [Fact]
    public async Task Events_of_a_bulk_operation_are_those_of_its_contacts()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(20_000);
        var tagId = await account.NewTagAsync("Hot");
        await account.AddTagsAsync(7, tagId);
        await account.BulkAsync(Enumerable.Range(1, 20_000), [tagId]);

        var events = (await account.EventsAsync()).Skip(1).ToList();

        Assert.Equal(Enumerable.Range(1, 20_000).Where(contactId => contactId != 7), events.Select(e => e.ContactId));
        Assert.Equal(events.Count, events.Select(e => e.EventId).Distinct().Count());
        Assert.All(events, e => Assert.Equal(Cause.Types.Kind.Bulk, e.Cause.Kind));
    }
}
