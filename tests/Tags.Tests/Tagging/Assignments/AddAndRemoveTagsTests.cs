using Crm.Common.V1;
using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Assignments;

public sealed class AddAndRemoveTagsTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Adding_a_present_tag_succeeds_changes_nothing_and_makes_no_event()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var contactId = await account.NewContactAsync();
        var tagId = await account.NewTagAsync("Hot");
        Assert.Equal([tagId], (await account.AddTagsAsync(contactId, tagId)).AddedTagIds);
        var position = await account.PositionAsync();

        Assert.Empty((await account.AddTagsAsync(contactId, tagId)).AddedTagIds);

        Assert.Single(await account.EventsAsync());
        Assert.Equal(position, await account.PositionAsync());
    }

    [Fact]
    public async Task Removing_an_absent_tag_succeeds_changes_nothing_and_makes_no_event()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var contactId = await account.NewContactAsync();
        var tagId = await account.NewTagAsync("Hot");
        var position = await account.PositionAsync();

        Assert.Empty((await account.RemoveTagsAsync(contactId, tagId)).RemovedTagIds);

        Assert.Empty(await account.EventsAsync());
        Assert.Equal(position, await account.PositionAsync());
    }

    [Fact]
    public async Task Adds_several_tags_at_once_and_creates_missing_ones_if_asked()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var contactId = await account.NewContactAsync();
        var hot = await account.NewTagAsync("Hot");
        var request = new AddTagsRequest
        {
            Account = account.Name,
            ContactId = contactId,
            TagIds = { hot },
            TagNames = { "New", " Newer " },
            CreateMissing = true,
        };

        Assert.Equal(3, (await account.Tags.AddTagsAsync(request)).AddedTagIds.Count);

        Assert.Equal(["Hot", "New", "Newer"], await account.TagsOfAsync(contactId));
        Assert.Empty((await account.Tags.AddTagsAsync(request)).AddedTagIds);
    }

    [Fact]
    public async Task A_call_that_fails_creates_no_tags()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var request = new AddTagsRequest { Account = account.Name, ContactId = 77, TagNames = { "New" }, CreateMissing = true };

        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => account.Tags.AddTagsAsync(request).ResponseAsync);
        Assert.Empty((await account.Tags.ListTagsAsync(new ListTagsRequest { Account = account.Name })).Tags);
    }

    [Fact]
    public async Task A_tag_named_twice_is_refused()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var contactId = await account.NewContactAsync();
        var tagId = await account.NewTagAsync("Hot");

        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => account.AddTagsAsync(contactId, tagId, tagId));
        var both = new AddTagsRequest { Account = account.Name, ContactId = contactId, TagIds = { tagId }, TagNames = { "Hot" } };
        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => account.Tags.AddTagsAsync(both).ResponseAsync,
            "tag_names");
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => account.AddTagsAsync(contactId));
    }

    [Fact]
    public async Task An_unknown_contact_or_tag_fails_its_own_call_only()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(10);
        var tagId = await account.NewTagAsync("Hot");

        // Together, so that they share a transaction.
        var good = Enumerable.Range(1, 10).Select(contactId => account.AddTagsAsync(contactId, tagId)).ToArray();
        var unknownContact = Expect.FailureAsync(() => account.AddTagsAsync(11, tagId));
        var negativeContact = Expect.FailureAsync(() => account.AddTagsAsync(-1, tagId));
        var unknownTag = Expect.FailureAsync(() => account.AddTagsAsync(1, tagId, 4_711));
        await Task.WhenAll(good);

        (await unknownContact).Is(StatusCode.NotFound, ErrorReason.NotFound);
        (await negativeContact).Is(StatusCode.NotFound, ErrorReason.NotFound);
        (await unknownTag).Is(StatusCode.NotFound, ErrorReason.NotFound);
        Assert.Equal(10, (await account.GetTagAsync(tagId)).ContactCount);
    }

    [Fact]
    public async Task A_deleted_contact_gets_no_tags()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var contactId = await account.NewContactAsync();
        var tagId = await account.NewTagAsync("Hot");
        await account.DeleteContactAsync(contactId);

        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => account.AddTagsAsync(contactId, tagId));
    }

    [Fact]
    public async Task Contacts_have_any_number_of_tags_in_order_of_their_names()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var contactId = await account.NewContactAsync();
        var names = Enumerable.Range(0, 1_000).Select(number => $"Tag {number:0000}").ToArray();

        await account.Tags.AddTagsAsync(new AddTagsRequest
        {
            Account = account.Name,
            ContactId = contactId,
            TagNames = { names.Reverse() },
            CreateMissing = true,
        });

        Assert.Equal(names, await account.TagsOfAsync(contactId));
    }

    [Fact]
    public async Task A_repeated_call_with_the_same_request_id_has_one_effect()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var contactId = await account.NewContactAsync();
        var tagId = await account.NewTagAsync("Hot");
        var add = new AddTagsRequest { Account = account.Name, ContactId = contactId, TagIds = { tagId }, RequestId = "r1" };
        var first = await account.Tags.AddTagsAsync(add);
        await account.RemoveTagsAsync(contactId, tagId);

        Assert.Equal(first, await account.Tags.AddTagsAsync(add));
        Assert.Empty(await account.TagsOfAsync(contactId));

        add.ContactId = await account.NewContactAsync();
        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.RequestIdReused, () => account.Tags.AddTagsAsync(add).ResponseAsync);
    }

    [Fact]
    public async Task Concurrent_twins_with_one_request_id_get_one_answer()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var contactId = await account.NewContactAsync();
        var tagId = await account.NewTagAsync("Hot");
        var add = new AddTagsRequest { Account = account.Name, ContactId = contactId, TagIds = { tagId }, RequestId = "r1" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => account.Tags.AddTagsAsync(add).ResponseAsync));

        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        Assert.Equal([tagId], answers[0].AddedTagIds);
        Assert.Single(await account.EventsAsync());
    }

    [Fact]
    public async Task A_failed_call_may_be_repeated_with_its_request_id()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var tagId = await account.NewTagAsync("Hot");
        var add = new AddTagsRequest { Account = account.Name, ContactId = 1, TagIds = { tagId }, RequestId = "r1" };
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => account.Tags.AddTagsAsync(add).ResponseAsync);

        await account.NewContactsAsync(1);

        Assert.Equal([tagId], (await account.Tags.AddTagsAsync(add)).AddedTagIds);
    }

    [Fact]
    public async Task Events_say_who_what_when_and_why()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var contactId = await account.NewContactAsync();
        var tagId = await account.NewTagAsync("Hot");
        var cause = new Cause { Kind = Cause.Types.Kind.Workflow, Id = "run", Detail = "node", WorkflowChain = { "w1", "w2" } };

        await account.Tags.AddTagsAsync(new AddTagsRequest
        {
            Account = account.Name,
            ContactId = contactId,
            TagIds = { tagId },
            Cause = cause,
            SkipWorkflows = true,
        });

        var only = Assert.Single(await account.EventsAsync());
        Assert.Equal((TagEvent.Types.Kind.Added, tagId, contactId, true), (only.Kind, only.TagId, only.ContactId, only.SkipWorkflows));
        Assert.Equal((cause, "anonymous"), (only.Cause, only.Actor));
        Assert.NotNull(only.Time);
    }
}
