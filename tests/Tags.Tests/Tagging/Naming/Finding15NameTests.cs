using TagSegments.Filters.Text;
using TagSegments.Tags.Tagging.Naming;
using TagSegments.Testing.HostileTexts;

namespace TagSegments.Tags.Tests.Tagging.Naming;

/// <summary>Finding 15: what names of tags cost has an end, however many and however strange they are, and ends with the call.</summary>
public sealed class Finding15NameTests
{
    private const int Many = 20_000;

    [Theory]
    [InlineData("\u0301\u0327")]
    [InlineData("\u0327\u0301")]
    [InlineData("a\u0301\u0327")]
    [InlineData("\u1100\u1161\u11a8")]
    public async Task Finding_15_a_name_of_megabytes_is_refused_before_it_is_normalized(string unit)
    {
        var name = HostileText.Repeat(unit, 4_000_000);
        string? problem = null;

        Assert.Null(await SmallStack.RunAsync(() => problem = TagNames.Read(name, out _)));

        Assert.Equal("is longer than 200 characters", problem);
    }

    [Theory]
    [InlineData("  Hot\u2003", "Hot")]
    [InlineData("Cafe\u0301", "Caf\u00e9")]
    [InlineData("", "")]
    public void Finding_15_names_are_stored_as_before(string text, string stored) => Assert.Equal(stored, StoredName.Of(text));

    [Fact]
    public void Finding_15_the_longest_name_is_normalized_whatever_it_was_made_of()
    {
        // The character of form C that stands for the most others.
        var name = string.Concat(Enumerable.Repeat("\u1f82".Normalize(System.Text.NormalizationForm.FormD), 200));

        Assert.Null(TagNames.Read(name, out var normalized));

        Assert.Equal(200, normalized.Length);
    }

    [Fact]
    public async Task Finding_15_pairs_among_names_that_are_all_alike_are_counted_only_until_there_are_too_many()
    {
        var same = Enumerable.Range(0, Many).Select(i => "hot" + new string('!', i % 190) + (i / 190)).ToList();
        var oneLetter = Enumerable.Range(0, Many).Select(i => new string('a', 100) + (char)(0x4e00 + i) + new string('b', 99)).ToList();
        foreach (var names in new[] { same, oneLetter })
        {
            Assert.Null(await SmallStack.RunAsync(() =>
            {
                var (pairs, hasMore) = NearPairs.Find(names, 1_000, CancellationToken.None);

                Assert.Equal((1_000, true), (pairs.Count, hasMore));
                Assert.All(pairs, pair => Assert.True(NearDuplicates.AreNear(NearDuplicates.Key(names[pair.First]), NearDuplicates.Key(names[pair.Second]))));
            }));
        }
    }

    [Fact]
    public async Task Finding_15_long_names_that_are_not_alike_are_told_apart_part_by_part()
    {
        var random = new Random(1);
        var names = Enumerable.Range(0, Many).Select(_ => new string([.. Enumerable.Range(0, 200).Select(_ => (char)random.Next('a', 'z'))])).ToList();

        Assert.Null(await SmallStack.RunAsync(() =>
        {
            var (pairs, hasMore) = NearPairs.Find(names, 1_000, CancellationToken.None);

            Assert.Empty(pairs);
            Assert.False(hasMore);
        }));
    }

    [Fact]
    public void Finding_15_the_search_for_pairs_ends_with_its_call() =>
        Assert.Throws<OperationCanceledException>(() => NearPairs.Find(["Hot", "hot"], 10, new CancellationToken(canceled: true)));
}
