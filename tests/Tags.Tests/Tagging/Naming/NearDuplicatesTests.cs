using TagSegments.Tags.Tagging.Naming;

namespace TagSegments.Tags.Tests.Tagging.Naming;

public sealed class NearDuplicatesTests
{
    [Theory]
    [InlineData("VIP", "vip")]
    [InlineData("Hot Lead", "hot-lead")]
    [InlineData("Hot Lead", "HotLead!")]
    [InlineData("Partner", "Partners")]
    [InlineData("Company", "Companies")]
    [InlineData("Newsletter", "Newsleter")]
    [InlineData("Newsletter", "Newsletetr")]
    [InlineData("Newsletter", "Newslatter")]
    [InlineData("Café", "Cafe")]
    [InlineData("Partner", "Рartner")]
    [InlineData("ＶＩＰ", "VIP")]
    public void People_take_these_for_the_same(string first, string second)
    {
        Assert.Equal([(0, 1)], NearPairs.Find([first, second], 10, CancellationToken.None).Pairs);
        Assert.True(NearDuplicates.AreNear(NearDuplicates.Key(second), NearDuplicates.Key(first)));
    }

    [Theory]
    [InlineData("Buyer", "Seller")]
    [InlineData("Fair 2024", "Fair 2025")]
    [InlineData("Tag 1", "Tag 11")]
    [InlineData("Cat", "Car")]
    [InlineData("Boss", "Bos")]
    [InlineData("🙂", "🙃")]
    public void People_tell_these_apart(string first, string second)
    {
        Assert.Empty(NearPairs.Find([first, second], 10, CancellationToken.None).Pairs);
        Assert.False(NearDuplicates.AreNear(NearDuplicates.Key(second), NearDuplicates.Key(first)));
    }

    [Fact]
    public void The_fast_way_finds_what_comparing_all_pairs_finds()
    {
        var random = new Random(1);
        var names = Enumerable.Range(0, 300)
            .Select(_ => new string([.. Enumerable.Range(0, random.Next(4, 7)).Select(_ => "abs1"[random.Next(4)])]))
            .Distinct()
            .ToList();

        var keys = names.ConvertAll(NearDuplicates.Key);

        var slow = Enumerable.Range(0, names.Count)
            .SelectMany(second => Enumerable.Range(0, second).Select(first => (first, second)))
            .Where(pair => NearDuplicates.AreNear(keys[pair.first], keys[pair.second]))
            .Order();

        Assert.Equal(slow, NearPairs.Find(names, 100_000, CancellationToken.None).Pairs);
    }
}
