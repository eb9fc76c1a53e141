using TagSegments.WebConsole.Filters;

namespace TagSegments.WebConsole.Tests;

/// <summary>What a filter bar offers at the caret, which is the | here.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("|", CompletionKind.Clause, "", "")]
    [InlineData("ha|", CompletionKind.Clause, "ha", "")]
    [InlineData("has tag \"Ho|", CompletionKind.Tag, "Ho", "")]
    [InlineData("has any tag (\"VIP\", \"Par|", CompletionKind.Tag, "Par", "")]
    [InlineData("tag \"Hot |", CompletionKind.Tag, "Hot ", "")]
    [InlineData("has tag starting with \"Sou|", CompletionKind.Tag, "Sou", "")]
    [InlineData("country = \"AT\" AND in segment \"En|", CompletionKind.Segment, "En", "")]
    [InlineData("opened email of campaign \"Sp|", CompletionKind.Campaign, "Sp", "")]
    [InlineData("tier in (\"Gold\", \"S|", CompletionKind.Value, "S", "tier")]
    [InlineData("[history segment] = \"x|", CompletionKind.Value, "x", "history segment")]
    [InlineData("country |", CompletionKind.Operator, "", "country")]
    [InlineData("[history segment] con|", CompletionKind.Operator, "con", "history segment")]
    [InlineData("country = \"AT\" |", CompletionKind.Glue, "", "")]
    [InlineData("country = \"AT\" A|", CompletionKind.Glue, "A", "")]
    [InlineData("country = \"A \\\" AND \" AND |", CompletionKind.Clause, "", "")]
    [InlineData("NOT (cou|", CompletionKind.Clause, "cou", "")]
    public void The_place_is_found(string text, CompletionKind kind, string typed, string field)
    {
        var caret = text.IndexOf('|', StringComparison.Ordinal);
        var place = Completion.At(text.Remove(caret, 1), caret);

        Assert.Equal((kind, typed, field), (place.Kind, place.Typed, place.Field));
        Assert.Equal(caret - typed.Length, place.Start);
    }
}
