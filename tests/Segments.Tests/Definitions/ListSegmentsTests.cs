using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Definitions;

public sealed class ListSegmentsTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task Lists_by_name_page_by_page()
    {
        var account = await AccountAsync(1);
        foreach (var name in new[] { "c", "a", "B", "d" })
        {
            await SaveAsync(account, name, "everyone");
        }

        var first = await Segments.ListSegmentsAsync(new ListSegmentsRequest { Account = account.Name, PageSize = 3 });
        var second = await Segments.ListSegmentsAsync(
            new ListSegmentsRequest { Account = account.Name, PageSize = 3, PageToken = first.NextPageToken });

        Assert.Equal(["B", "a", "c"], first.Segments.Select(segment => segment.Name));
        Assert.Equal(["d"], second.Segments.Select(segment => segment.Name));
        Assert.Equal("", second.NextPageToken);
    }

    [Fact]
    public async Task Refuses_a_token_of_another_account()
    {
        var (one, other) = (await AccountAsync(1), await AccountAsync(1));
        await SaveAsync(one, "a", "everyone");
        await SaveAsync(one, "b", "everyone");
        var page = await Segments.ListSegmentsAsync(new ListSegmentsRequest { Account = one.Name, PageSize = 1 });

        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.PageToken, async () => await Segments.ListSegmentsAsync(
            new ListSegmentsRequest { Account = other.Name, PageSize = 1, PageToken = page.NextPageToken }));
    }
}
