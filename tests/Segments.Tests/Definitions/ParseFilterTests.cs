using Crm.Segments.V1;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Definitions;

public sealed class ParseFilterTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task Reads_text_and_tree_alike()
    {
        var account = await AccountAsync(1);
        await account.CreateTagAsync("A");

        var fromText = await ParseAsync(account, Text("NOT (has tag \"A\" OR everyone)"));
        var fromTree = await ParseAsync(account, new FilterSource { Filter = fromText.Filter });

        Assert.Equal(fromText, fromTree);
        Assert.Equal("NOT (has tag \"A\" OR everyone)", fromText.Text);
    }

    [Fact]
    public async Task Gives_the_definition_of_a_saved_segment()
    {
        var account = await AccountAsync(1);
        await SaveAsync(account, "Untagged", "has no tag");

        Assert.Equal("has no tag", (await ParseAsync(account, new FilterSource { SegmentName = "Untagged" })).Text);
    }

    [Fact]
    public async Task Knows_a_tag_that_was_made_a_moment_ago()
    {
        var account = await AccountAsync(1);
        await ParseAsync(account, Text("everyone"));
        await account.CreateTagAsync("New");

        Assert.Equal("has tag \"New\"", (await ParseAsync(account, Text("has tag \"New\""))).Text);
    }

    private async Task<ParseFilterResponse> ParseAsync(DirectAccount account, FilterSource source) =>
        await Segments.ParseFilterAsync(new ParseFilterRequest { Account = account.Name, Source = source });
}
