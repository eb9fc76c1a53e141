using System.Text;
using TagSegments.Filters.Values;

namespace TagSegments.Filters.Tests.Values;

public sealed class CaseFoldingTests
{
    [Theory]
    [InlineData("STRASSE", "strasse")]
    [InlineData("Straße", "straße")]
    [InlineData("ΣΊΣΥΦΟΣ", "σίσυφοσ")]
    [InlineData("σίσυφος", "σίσυφοσ")]
    [InlineData("𐐀", "𐐨")]
    public void Folds_character_by_character(string text, string folded) => Assert.Equal(folded, CaseFolding.Fold(text));

    [Fact]
    public void Folding_twice_is_folding_once_for_every_character() =>
        Assert.All(
            Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(value => new Rune(value).ToString()).Chunk(4_096).Select(runes => string.Concat(runes)),
            text => Assert.Equal(CaseFolding.Fold(text), CaseFolding.Fold(CaseFolding.Fold(text))));
}
