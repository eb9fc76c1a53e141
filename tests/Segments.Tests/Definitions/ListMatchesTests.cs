using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Definitions;

public sealed class ListMatchesTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task Pages_through_all_matches_in_ascending_order()
    {
        var contacts = Enumerable.Range(1, 40).Select(i => i * 997).ToArray();
        var account = await AccountAsync(contacts);
        await account.TagAsync(await account.CreateTagAsync("A"), contacts[..30]);
        var request = new ListMatchesRequest { Account = account.Name, Source = Text("has tag \"A\""), PageSize = 7 };
        var found = new List<int>();
        do
        {
            var page = await Segments.ListMatchesAsync(request);
            found.AddRange(page.ContactIds);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(contacts[..30], found);
    }

    [Fact]
    public async Task A_contact_that_leaves_between_two_pages_moves_no_other()
    {
        var account = await AccountAsync(1, 2, 3, 4);
        var tag = await account.CreateTagAsync("A");
        await account.TagAsync(tag, 1, 2, 3, 4);
        var request = new ListMatchesRequest { Account = account.Name, Source = Text("has tag \"A\""), PageSize = 2 };
        var first = await Segments.ListMatchesAsync(request);
        await account.UntagAsync(tag, 1, 3);
        request.PageToken = first.NextPageToken;

        var second = await Segments.ListMatchesAsync(request);

        Assert.Equal([1, 2], first.ContactIds);
        Assert.Equal([4], second.ContactIds);
    }

    [Fact]
    public async Task A_page_token_belongs_to_its_filter()
    {
        var account = await AccountAsync(1, 2);
        var first = await Segments.ListMatchesAsync(new ListMatchesRequest { Account = account.Name, Source = Text("everyone"), PageSize = 1 });

        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.PageToken, async () => await Segments.ListMatchesAsync(
            new ListMatchesRequest { Account = account.Name, Source = Text("has no tag"), PageToken = first.NextPageToken }));
    }
}
