using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Definitions;

public sealed class MatchContactsTests(SharedApps shared) : SegmentTest(shared)
{
    [Theory]
    [InlineData("has tag \"A\"", new[] { 20_000, 1 })]
    [InlineData("NOT has tag \"A\"", new[] { 2 })]
    [InlineData("has tag \"A\" OR first_name = \"Bob\"", new[] { 20_000, 2, 1 })]
    [InlineData("NOT (has tag \"A\" AND first_name = \"Bob\")", new[] { 20_000, 2, 1 })]
    public async Task Tells_who_of_some_contacts_matches_in_their_order(string text, int[] expected)
    {
        var account = await AccountAsync(1, 2, 3, 20_000);
        await account.TagAsync(await account.CreateTagAsync("A"), 1, 20_000);
        await account.SetAsync(2, "first_name = 'Bob'");

        var response = await Segments.MatchContactsAsync(
            new MatchContactsRequest { Account = account.Name, Source = Text(text), ContactIds = { 20_000, 2, 99, 1, -5, 1_000_000 } });

        Assert.Equal(expected, response.MatchingContactIds);
    }

    [Fact]
    public async Task Refuses_more_than_a_thousand()
    {
        var account = await AccountAsync(1);

        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, async () => await Segments.MatchContactsAsync(
            new MatchContactsRequest { Account = account.Name, Source = Text("everyone"), ContactIds = { Enumerable.Range(1, 1_001) } }));
    }
}
