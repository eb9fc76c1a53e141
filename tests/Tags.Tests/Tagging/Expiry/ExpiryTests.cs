using Crm.Common.V1;
using Crm.Errors.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Expiry;

public sealed class ExpiryTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_tag_is_removed_when_it_expires_with_its_cause()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(2);
        var hot = await account.NewTagAsync("Hot");
        await account.AddTagsAsync(2, hot);

        await AddAsync(account, 1, hot, s_hour);
        Assert.Equal(["Hot"], await account.TagsOfAsync(1));
        await PassAnHourAsync(account);
        await Eventually.ReadAsync(() => account.TagsOfAsync(1), tags => tags.Length == 0);

        Assert.Equal(["Hot"], await account.TagsOfAsync(2));
        var last = (await account.EventsAsync())[^1];
        Assert.Equal((TagEvent.Types.Kind.Removed, 1, Cause.Types.Kind.Expiry), (last.Kind, last.ContactId, last.Cause.Kind));
    }

    [Fact]
    public async Task A_tag_that_was_removed_and_added_again_does_not_expire()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(3);
        var hot = await account.NewTagAsync("Hot");
        await AddAsync(account, 1, hot, s_hour);
        await AddAsync(account, 2, hot, s_hour);
        await AddAsync(account, 3, hot, s_hour);
        await account.BulkAsync([1, 2], [], hot);
        await account.BulkAsync([1, 2], [hot]);
        await PassAnHourAsync(account);

        await Eventually.ReadAsync(() => account.TagsOfAsync(3), tags => tags.Length == 0);

        Assert.Equal(["Hot"], await account.TagsOfAsync(1));
        Assert.Equal(["Hot"], await account.TagsOfAsync(2));
    }

    [Fact]
    public async Task What_expires_is_listed_soonest_first_page_by_page_by_contact_and_by_tag()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(3);
        var (a, b) = (await account.NewTagAsync("A"), await account.NewTagAsync("B"));
        await AddAsync(account, 1, a, TimeSpan.FromDays(3));
        await AddAsync(account, 2, a, TimeSpan.FromDays(1));
        await AddAsync(account, 2, b, TimeSpan.FromDays(2));
        await AddAsync(account, 3, b, TimeSpan.FromDays(9));
        await AddAsync(account, 3, b, TimeSpan.FromDays(4));

        var first = await ListAsync(account, request => request.PageSize = 3);
        var second = await ListAsync(account, request => (request.PageSize, request.PageToken) = (3, first.NextPageToken));

        Assert.Equal([(2, a), (2, b), (1, a)], Pairs(first));
        Assert.Equal([(3, b)], Pairs(second));
        Assert.Empty(second.NextPageToken);
        Assert.Equal([(2, a), (2, b)], Pairs(await ListAsync(account, request => request.ContactId = 2)));
        Assert.Equal([(2, b), (3, b)], Pairs(await ListAsync(account, request => request.TagId = b)));
        Assert.InRange(second.Expiries[0].ExpireTime.ToDateTimeOffset() - TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(3.9), TimeSpan.FromDays(4));
    }

    [Fact]
    public async Task What_was_taken_off_or_deleted_meanwhile_is_not_listed_as_expiring()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(4);
        var (a, b) = (await account.NewTagAsync("A"), await account.NewTagAsync("B"));
        for (var contactId = 1; contactId <= 4; contactId++)
        {
            await AddAsync(account, contactId, a, TimeSpan.FromDays(contactId));
        }

        await AddAsync(account, 1, b, TimeSpan.FromDays(1));
        await account.RemoveTagsAsync(1, a);
        await account.BulkAsync([2, 3], [], a);
        await account.AddTagsAsync(2, a);
        await account.DeleteTagAsync(b);

        Assert.Equal([(4, a)], Pairs(await ListAsync(account, _ => { })));
    }

    [Fact]
    public async Task An_expiry_in_the_past_is_refused()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(1);
        var hot = await account.NewTagAsync("Hot");

        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => AddAsync(account, 1, hot, TimeSpan.FromSeconds(-5)),
            "expire_time");
    }

    // As the expiries of the account see it: what a test does in an hour is done before, however slow the machine is.
    private static async Task PassAnHourAsync(TagAccount account)
    {
        await using var database = account.Database();
        await using var command = database.CreateCommand("UPDATE tags.tag_expiry SET expires_at = expires_at - interval '1 hour' WHERE account_id = $1");
        command.Parameters.AddWithValue(await account.IdAsync());
        Assert.NotEqual(0, await command.ExecuteNonQueryAsync());
    }

    private static async Task<ListTagExpiriesResponse> ListAsync(TagAccount account, Action<ListTagExpiriesRequest> ask)
    {
        var request = new ListTagExpiriesRequest { Account = account.Name };
        ask(request);
        return await account.Tags.ListTagExpiriesAsync(request);
    }

    private static IEnumerable<(int ContactId, int TagId)> Pairs(ListTagExpiriesResponse response) =>
        response.Expiries.Select(expiry => (expiry.ContactId, expiry.TagId));

    private static async Task AddAsync(TagAccount account, int contactId, int tagId, TimeSpan life) =>
        await account.Tags.AddTagsAsync(new AddTagsRequest
        {
            Account = account.Name,
            ContactId = contactId,
            TagIds = { tagId },
            ExpireTime = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow() + life),
        });
}
