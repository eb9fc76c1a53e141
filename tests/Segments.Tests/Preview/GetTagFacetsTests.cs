using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;

namespace TagSegments.Segments.Tests.Preview;

public sealed class GetTagFacetsTests(SharedApps shared) : SegmentTest(shared)
{
    private readonly TestApps _apps = shared.Apps;

    [Fact]
    public async Task Facets_agree_with_the_oracle_on_random_filters()
    {
        var seed = Seed.Value;
        var account = await WorldAccount.CreateAsync(_apps, new Random(seed));
        var wrongFilterCaught = false;
        for (var i = 0; i < 25; i++)
        {
            var tree = account.Filters.Tree();
            var answer = await Segments.GetTagFacetsAsync(new GetTagFacetsRequest { Account = account.Name, Source = new FilterSource { Filter = tree } });

            var expected = Naive(account, account.Matches(tree, answer.EvaluationTime));
            Assert.True(expected.SequenceEqual(answer.Facets.Select(Key)), $"seed {seed}: {tree}");
            Assert.Equal((account.Matches(tree, answer.EvaluationTime).Count, expected.Count), (answer.Count, answer.TagCount));
            wrongFilterCaught |= !Naive(account, account.Matches(new Filter { Negated = tree }, answer.EvaluationTime)).SequenceEqual(answer.Facets.Select(Key));
        }

        Assert.True(wrongFilterCaught);
    }

    [Fact]
    public async Task Counts_living_members_of_living_tags_most_frequent_first()
    {
        var account = await AccountAsync(1, 2, 3, 4, 20_000);
        var (a, b, c) = (await account.CreateTagAsync("Source: A"), await account.CreateTagAsync("Source: B"), await account.CreateTagAsync("C"));
        var (none, gone) = (await account.CreateTagAsync("None"), await account.CreateTagAsync("Gone"));
        await account.ChangeAsync(new TagWrite(a, true, [1, 2]), new TagWrite(b, true, [2, 3, 20_000]), new TagWrite(c, true, [1, 2]), new TagWrite(gone, true, [1]));
        await account.DeleteContactAsync(3);
        await account.DeleteTagAsync(gone);

        var all = await FacetsAsync(account, "everyone");
        var top = await FacetsAsync(account, "everyone", request => request.Limit = 1);
        var prefix = await FacetsAsync(account, "NOT has tag \"C\"", request => request.NamePrefix = "Source: ");

        Assert.Equal([("C", 2), ("Source: A", 2), ("Source: B", 2)], all.Facets.Select(Key));
        Assert.DoesNotContain(none, all.Facets.Select(facet => facet.TagId));
        Assert.Equal((4, 3), (all.Count, all.TagCount));
        Assert.Equal((("C", 2), 3), (Key(top.Facets.Single()), top.TagCount));
        Assert.Equal([("Source: B", 1)], prefix.Facets.Select(Key));
        Assert.Equal(2, prefix.Count);
    }

    [Fact]
    public async Task Sees_each_write_at_once()
    {
        var account = await AccountAsync(1, 2);
        var tag = await account.CreateTagAsync("A");
        Assert.Empty((await FacetsAsync(account, "everyone")).Facets);

        await account.TagAsync(tag, 2);
        Assert.Equal([("A", 1)], (await FacetsAsync(account, "everyone")).Facets.Select(Key));

        await account.TagAsync(await account.CreateTagAsync("New"), 1, 2);
        Assert.Equal([("New", 2), ("A", 1)], (await FacetsAsync(account, "everyone")).Facets.Select(Key));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10_001)]
    public async Task Refuses_a_limit_out_of_bounds(int limit)
    {
        var account = await AccountAsync(1);

        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => FacetsAsync(account, "everyone", request => request.Limit = limit));
    }

    private static (string Name, int Count) Key(TagFacet facet) => (facet.Name, facet.Count);

    private static List<(string Name, int Count)> Naive(WorldAccount account, HashSet<int> members) =>
    [
        .. WorldNames.Tags
            .Select(tag => (tag.Name, Count: account.World.Contacts.Count(contact => members.Contains(contact.Id) && contact.Tags.Contains(tag.Id))))
            .Where(facet => facet.Count > 0)
            .OrderByDescending(facet => facet.Count).ThenBy(facet => facet.Name, StringComparer.Ordinal),
    ];

    private async Task<GetTagFacetsResponse> FacetsAsync(DirectAccount account, string text, Action<GetTagFacetsRequest>? change = null)
    {
        var request = new GetTagFacetsRequest { Account = account.Name, Source = Text(text) };
        change?.Invoke(request);
        return await Segments.GetTagFacetsAsync(request);
    }
}
