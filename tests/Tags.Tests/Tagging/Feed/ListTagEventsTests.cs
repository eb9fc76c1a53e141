using Crm.Common.V1;
using Crm.Errors.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Feed;

public sealed class ListTagEventsTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Lists_newest_first_whatever_the_size_of_the_pages()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(40);
        var (a, b) = (await account.NewTagAsync("a"), await account.NewTagAsync("b"));
        await account.AddTagsAsync(3, a, b);
        await account.BulkAsync(Enumerable.Range(1, 40), [a], b);
        await account.RemoveTagsAsync(3, a);

        var whole = await account.EventsAsync();
        var pieces = await account.EventsAsync(pageSize: 7);

        Assert.Equal(2 + 39 + 1 + 1, whole.Count);
        Assert.Equal(whole, pieces);
        Assert.Equal(TagEvent.Types.Kind.Removed, whole[^1].Kind);
    }

    [Fact]
    public async Task One_contacts_audit_trail_holds_its_single_and_its_bulk_changes()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(40);
        var (a, b) = (await account.NewTagAsync("a"), await account.NewTagAsync("b"));
        await account.AddTagsAsync(3, a);
        await account.AddTagsAsync(4, a);
        await account.BulkAsync(Enumerable.Range(1, 40), [b]);
        await account.BulkAsync(Enumerable.Range(10, 10), [], b);

        var events = await account.EventsAsync(request => request.ContactId = 3, pageSize: 1);

        Assert.Equal([(a, 3), (b, 3)], events.Select(e => (e.TagId, e.ContactId)));
    }

    [Fact]
    public async Task Counts_what_contacts_gained_and_lost()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(20_000);
        var (a, b) = (await account.NewTagAsync("a"), await account.NewTagAsync("b"));
        await account.AddTagsAsync(1, a);
        var first = (await account.EventsAsync())[0];
        await account.BulkAsync(Enumerable.Range(1, 20_000), [a, b]);
        await account.RemoveTagsAsync(7, a);

        var all = await CountAsync(new() { PageSize = 1 });
        var later = await CountAsync(new() { StartTime = first.Time, PageSize = 1, PageToken = "" });
        var ofA = await CountAsync(new() { TagId = a, CauseKind = Cause.Types.Kind.Bulk });

        Assert.Equal((40_000, 1), all);
        Assert.Equal(all, later);
        Assert.Equal((19_999, 0), ofA);
        Assert.Equal((0, 0), await CountAsync(new() { EndTime = first.Time }));
        var unasked = await account.Tags.ListTagEventsAsync(new() { Account = account.Name });
        Assert.Equal((0, 0), (unasked.TotalAdded, unasked.TotalRemoved));
        Assert.Equal((2, 1), await CountAsync(new() { ContactId = 7 }));
        Assert.Equal((2, 0), await CountAsync(new() { ContactId = 20_000 }));
        Assert.Equal((1, 0), await CountAsync(new() { ContactId = 20_000, TagId = a }));

        async Task<(long Added, long Removed)> CountAsync(ListTagEventsRequest request)
        {
            var page = await account.Tags.ListTagEventsAsync(new(request) { Account = account.Name, ShowTotal = true });
            return (page.TotalAdded, page.TotalRemoved);
        }
    }

    [Fact]
    public async Task Filters_by_tag_cause_actor_and_time()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(3);
        var (a, b) = (await account.NewTagAsync("a"), await account.NewTagAsync("b"));
        await account.AddTagsAsync(1, a);
        await account.AddTagsAsync(1, b);
        await account.Tags.AddTagsAsync(new AddTagsRequest
        {
            Account = account.Name,
            ContactId = 2,
            TagIds = { a },
            Cause = new Cause { Kind = Cause.Types.Kind.Workflow, Id = "run-1" },
        });
        var all = await account.EventsAsync();

        Assert.Equal([1, 2], (await account.EventsAsync(request => request.TagId = a)).Select(e => e.ContactId));
        Assert.Equal([2], (await account.EventsAsync(request => request.CauseKind = Cause.Types.Kind.Workflow)).Select(e => e.ContactId));
        Assert.Equal([2], (await account.EventsAsync(request => request.CauseId = "run-1")).Select(e => e.ContactId));
        Assert.Equal(all, await account.EventsAsync(request => request.Actor = "anonymous"));
        Assert.Empty(await account.EventsAsync(request => request.Actor = "somebody"));
        Assert.Equal(all[2..], await account.EventsAsync(request => request.StartTime = all[2].Time));
        Assert.Equal(all[..2], await account.EventsAsync(request => request.EndTime = all[2].Time));
        Assert.Empty(await account.EventsAsync(request => request.StartTime = Timestamp.FromDateTime(new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc))));
    }

    [Fact]
    public async Task A_page_token_of_another_account_is_refused()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(2);
        await account.BulkAsync([1, 2], [await account.NewTagAsync("a")]);
        var page = await account.Tags.ListTagEventsAsync(new ListTagEventsRequest { Account = account.Name, PageSize = 1 });
        var other = await TagAccount.NewAsync(shared.Apps);

        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.PageToken,
            () => other.EventsAsync(request => request.PageToken = page.NextPageToken),
            "page_token");
    }
}
