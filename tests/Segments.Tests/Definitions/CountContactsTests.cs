using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Definitions;

public sealed class CountContactsTests(SharedApps shared) : SegmentTest(shared)
{
    [Theory]
    [InlineData("everyone", 5)]
    [InlineData("has tag \"A\"", 3)]
    [InlineData("has any tag (\"A\", \"B\")", 4)]
    [InlineData("has all tags (\"A\", \"B\")", 1)]
    [InlineData("has none of tags (\"A\", \"B\")", 1)]
    [InlineData("NOT has tag \"A\"", 2)]
    [InlineData("has no tag", 1)]
    [InlineData("has tag starting with \"A\"", 3)]
    [InlineData("has tag \"A\" AND first_name = \"Ann\"", 1)]
    [InlineData("has tag \"B\" OR first_name = \"Ann\"", 3)]
    [InlineData("NOT (has tag \"B\" OR first_name = \"Ann\")", 2)]
    [InlineData("first_name != \"Ann\"", 4)]
    public async Task Counts_across_chunks(string text, int expected)
    {
        var account = await AccountAsync(1, 2, 16_383, 16_384, 40_000);
        await account.TagAsync(await account.CreateTagAsync("A"), 1, 2, 16_384);
        await account.TagAsync(await account.CreateTagAsync("B"), 2, 40_000);
        await account.SetAsync(1, "first_name = 'Ann'");

        Assert.Equal(expected, await CountAsync(account, Text(text)));
    }

    [Fact]
    public async Task Sees_each_write_at_once()
    {
        var account = await AccountAsync(1, 2, 3);
        var tag = await account.CreateTagAsync("A");
        for (var round = 0; round < 20; round++)
        {
            await account.TagAsync(tag, 1, 3);
            Assert.Equal(2, await CountAsync(account, Text("has tag \"A\"")));
            await account.UntagAsync(tag, 3);
            Assert.Equal(1, await CountAsync(account, Text("has tag \"A\"")));
        }
    }

    [Fact]
    public async Task Deleted_contacts_are_not_counted_by_any_clause()
    {
        var account = await AccountAsync(1, 2, 3);
        await account.TagAsync(await account.CreateTagAsync("A"), 1, 2);
        await account.DeleteContactAsync(1);

        Assert.Equal(1, await CountAsync(account, Text("has tag \"A\"")));
        Assert.Equal(2, await CountAsync(account, Text("everyone")));
        Assert.Equal(1, await CountAsync(account, Text("NOT has tag \"A\"")));
    }

    [Fact]
    public async Task A_segment_in_a_segment_means_its_current_definition()
    {
        var account = await AccountAsync(1, 2, 3);
        await account.TagAsync(await account.CreateTagAsync("A"), 1);
        var inner = await SaveAsync(account, "Inner", "has tag \"A\"");
        await SaveAsync(account, "Outer", "NOT in segment \"Inner\" AND in segment \"Inner\" OR NOT in segment \"Inner\"");
        Assert.Equal(2, await CountAsync(account, new FilterSource { SegmentName = "Outer" }));

        await Segments.UpdateSegmentAsync(
            new UpdateSegmentRequest { Account = account.Name, SegmentId = inner.SegmentId, Text = "everyone" });

        Assert.Equal(0, await CountAsync(account, new FilterSource { SegmentName = "Outer" }));
    }

    [Fact]
    public async Task A_write_that_is_not_in_the_database_is_reported_as_lost()
    {
        var account = await AccountAsync(1);
        var (pos, nonce) = await account.PositionAsync();
        var tokens = Tokens();

        await Segments.CountContactsAsync(Request(tokens.Create(account.Id, pos, nonce)));
        await Expect.FailureAsync(StatusCode.DataLoss, ErrorReason.AcknowledgedWriteMissing, async () =>
            await Segments.CountContactsAsync(Request(tokens.Create(account.Id, pos, Guid.NewGuid()))));
        await Expect.FailureAsync(StatusCode.DataLoss, ErrorReason.AcknowledgedWriteMissing, async () =>
            await Segments.CountContactsAsync(Request(tokens.Create(account.Id, pos + 1, nonce))));
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, async () =>
            await Segments.CountContactsAsync(Request("forged")));

        CountContactsRequest Request(string token) => new() { Account = account.Name, Source = Text("everyone"), AtLeast = token };
    }

    [Fact]
    public async Task Refuses_a_call_without_a_source_or_account()
    {
        var account = await AccountAsync(1);

        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => CountAsync(account, new FilterSource()));
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.AccountNotFound, async () =>
            await Segments.CountContactsAsync(new CountContactsRequest { Account = "nobody's", Source = Text("everyone") }));
    }
}
