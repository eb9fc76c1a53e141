using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Preview;

public sealed class GetSegmentOverlapTests(SharedApps shared) : SegmentTest(shared)
{
    private readonly TestApps _apps = shared.Apps;

    [Fact]
    public async Task The_overlap_of_two_to_ten_random_filters_agrees_with_the_oracle()
    {
        var seed = Seed.Value;
        var account = await WorldAccount.CreateAsync(_apps, new Random(seed));
        for (var size = 2; size <= 10; size++)
        {
            var trees = Enumerable.Range(0, size).Select(_ => account.Filters.Tree(3)).ToList();
            var answer = await Segments.GetSegmentOverlapAsync(
                new GetSegmentOverlapRequest { Account = account.Name, Sources = { trees.Select(tree => new FilterSource { Filter = tree }) } });

            var sets = trees.Select(tree => account.Matches(tree, answer.EvaluationTime)).ToList();
            Assert.True(sets.Select(set => set.Count).SequenceEqual(answer.Segments.Select(segment => segment.Count)), $"seed {seed}");
            Assert.Equal(
                sets.Select((set, i) => set.Count(id => !sets.Where((_, other) => other != i).Any(other => other.Contains(id)))),
                answer.Segments.Select(segment => segment.OnlyCount));
            Assert.Equal(size * (size - 1) / 2, answer.Pairs.Count);
            Assert.All(answer.Pairs, pair => Assert.Equal(sets[pair.First].Intersect(sets[pair.Second]).Count(), pair.Count));
            Assert.Equal(sets.SelectMany(set => set).Distinct().Count(), answer.UnionCount);
            Assert.Equal(sets.Aggregate<IEnumerable<int>>((all, one) => all.Intersect(one)).Count(), answer.IntersectionCount);
        }
    }

    [Fact]
    public async Task Compares_saved_segments_with_filters()
    {
        var account = await AccountAsync(1, 2, 3, 20_000, 20_001);
        await account.TagAsync(await account.CreateTagAsync("A"), 1, 2, 20_000);
        await account.TagAsync(await account.CreateTagAsync("B"), 2, 3, 20_000);
        await account.SetAsync(2, "first_name = 'Ann'");
        await SaveAsync(account, "As", "has tag \"A\"");

        var answer = await OverlapAsync(account, new FilterSource { SegmentName = "As" }, Text("has tag \"B\""), Text("NOT first_name = \"Ann\""));

        Assert.Equal(
            [("in segment \"As\"", 3, 0), ("has tag \"B\"", 3, 0), ("NOT first_name = \"Ann\"", 4, 1)],
            answer.Segments.Select(segment => (segment.Text, segment.Count, segment.OnlyCount)));
        Assert.Equal([(0, 1, 2), (0, 2, 2), (1, 2, 2)], answer.Pairs.Select(pair => (pair.First, pair.Second, pair.Count)));
        Assert.Equal((5, 1), (answer.UnionCount, answer.IntersectionCount));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(11)]
    public async Task Refuses_less_than_two_and_more_than_ten(int count)
    {
        var account = await AccountAsync(1);

        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => OverlapAsync(account, [.. Enumerable.Repeat(Text("everyone"), count)]));
    }

    [Fact]
    public async Task Says_which_of_them_is_wrong()
    {
        var account = await AccountAsync(1);

        Assert.Equal("sources[1].text", await FieldAsync(Text("has tags AND")));
        Assert.Equal("sources[1].filter.all_of.filters", await FieldAsync(new FilterSource { Filter = new Filter { AllOf = new FilterGroup() } }));
        Assert.Equal("sources[1]", await FieldAsync(new FilterSource()));

        async Task<string> FieldAsync(FilterSource wrong)
        {
            var error = await Expect.FailureAsync(() => OverlapAsync(account, Text("everyone"), wrong));
            return error.Fields.Single();
        }
    }

    private async Task<GetSegmentOverlapResponse> OverlapAsync(DirectAccount account, params FilterSource[] sources) =>
        await Segments.GetSegmentOverlapAsync(new GetSegmentOverlapRequest { Account = account.Name, Sources = { sources } });
}
