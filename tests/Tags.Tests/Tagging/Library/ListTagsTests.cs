using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Library;

public sealed class ListTagsTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Lists_in_every_order_page_by_page()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(3);
        foreach (var (name, holders) in new[] { ("b", 1), ("a b", 3), ("C", 0), ("a", 1), ("é", 2) })
        {
            var tagId = await account.NewTagAsync(name);
            if (holders > 0)
            {
                await account.BulkAsync(Enumerable.Range(1, holders), [tagId]);
            }
        }

        Assert.Equal(["C", "a", "a b", "b", "é"], await NamesAsync(account, ListTagsRequest.Types.OrderBy.Name));
        Assert.Equal(["a b", "é", "b", "a", "C"], await NamesAsync(account, ListTagsRequest.Types.OrderBy.ContactCount));
        Assert.Equal(["é", "a", "C", "a b", "b"], await NamesAsync(account, ListTagsRequest.Types.OrderBy.CreateTime));
    }

    [Fact]
    public async Task Filters_by_prefix_and_text_taken_literally()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        foreach (var name in new[] { "Source: Web", "Source: Fair", "source: web", "100%", "100x" })
        {
            await account.CreateTagAsync(name);
        }

        Assert.Equal(["Source: Fair", "Source: Web"], await NamesAsync(account, prefix: "Source: "));
        Assert.Equal(["Source: Web", "source: web"], await NamesAsync(account, search: "WEB"));
        Assert.Equal(["100%"], await NamesAsync(account, search: "0%"));
        Assert.Equal(["100%"], await NamesAsync(account, prefix: "100%"));
    }

    [Fact]
    public async Task Counts_living_contacts_only()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var tagId = await account.NewTagAsync("Hot");
        var contacts = new[] { await account.NewContactAsync(), await account.NewContactAsync() };
        await account.BulkAsync(contacts, [tagId]);

        await account.DeleteContactAsync(contacts[0]);
        Assert.Equal(1, (await account.GetTagAsync(tagId)).ContactCount);

        await account.RestoreContactAsync(contacts[0]);
        Assert.Equal(2, (await account.GetTagAsync(tagId)).ContactCount);
    }

    [Fact]
    public async Task Skips_and_counts_in_every_order()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        foreach (var name in new[] { "b", "a b", "C", "a", "é" })
        {
            await account.CreateTagAsync(name);
        }

        foreach (var order in Enum.GetValues<ListTagsRequest.Types.OrderBy>())
        {
            var all = await NamesAsync(account, order);
            var request = new ListTagsRequest { Account = account.Name, OrderBy = order, Skip = 1, PageSize = 2, ShowTotal = true };
            var page = await account.Tags.ListTagsAsync(request);
            var later = await account.Tags.ListTagsAsync(new(request) { PageToken = page.NextPageToken, ShowTotal = false });
            Assert.Equal(all[1..3], page.Tags.Select(tag => tag.Name));
            Assert.Equal(all[4..], later.Tags.Select(tag => tag.Name));
            Assert.Equal((5, 0, ""), (page.Total, later.Total, later.NextPageToken));
        }

        Assert.Equal(3, (await account.Tags.ListTagsAsync(new() { Account = account.Name, Search = "B", ShowTotal = true, Skip = 9 })).Total
            + (await account.Tags.ListTagsAsync(new() { Account = account.Name, Prefix = "C", ShowTotal = true })).Total);
        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            async () => await account.Tags.ListTagsAsync(new() { Account = account.Name, Skip = 100_001 }),
            "skip");
    }

    [Fact]
    public async Task A_page_token_of_another_list_is_refused()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.CreateTagAsync("a");
        await account.CreateTagAsync("b");
        var page = await account.Tags.ListTagsAsync(new ListTagsRequest { Account = account.Name, PageSize = 1 });

        var other = new ListTagsRequest { Account = account.Name, PageToken = page.NextPageToken, Search = "b" };
        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.PageToken,
            () => account.Tags.ListTagsAsync(other).ResponseAsync,
            "page_token");
    }

    private static async Task<string[]> NamesAsync(
        TagAccount account, ListTagsRequest.Types.OrderBy order = default, string prefix = "", string search = "")
    {
        var request = new ListTagsRequest { Account = account.Name, OrderBy = order, Prefix = prefix, Search = search, PageSize = 2 };
        var names = new List<string>();
        do
        {
            var page = await account.Tags.ListTagsAsync(request);
            names.AddRange(page.Tags.Select(tag => tag.Name));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return [.. names];
    }
}
