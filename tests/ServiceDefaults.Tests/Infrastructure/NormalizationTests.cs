using System.Text.RegularExpressions;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

/// <summary>
/// Finding 15: Unicode normalization takes time with the square of a run of combining marks, so no text is normalized before its length is known.
/// Texts of requests go through <c>StoredText</c>, which leaves long runs as they are; names also go through <c>StoredName</c>.
/// </summary>
public sealed partial class NormalizationTests
{
    // What these normalize has at most 200 characters by then, or comes from the product itself.
    private static readonly string[] s_bounded = ["StoredName.cs", "StoredText.cs", "EmailAddress.cs", "NearDuplicates.cs", "FieldChecklist.cs", "DemoWords.cs", "PlainText.cs", "MonthNames.cs"];

    [Fact]
    public void Finding_15_no_text_is_normalized_before_its_length_is_known() => Assert.DoesNotContain(
        SourceFiles.All(),
        source => !s_bounded.Contains(Path.GetFileName(source.Path)) && Normalized().IsMatch(source.Text));

    [Theory]
    [InlineData("name.Normalize()", true)]
    [InlineData("name.Trim().Normalize(NormalizationForm.FormC)", true)]
    [InlineData("key.IsNormalized(NormalizationForm.FormC)", true)]
    [InlineData("StoredName.Normalize(text)", false)]
    [InlineData("TagNames.Normalize(name, \"name\")", false)]
    public void What_is_forbidden_is_recognized(string code, bool forbidden) => Assert.Equal(forbidden, Normalized().IsMatch(code));

    [GeneratedRegex(@"\.(Is)?Normalized?\((NormalizationForm\.\w+)?\)", RegexOptions.NonBacktracking)]
    private static partial Regex Normalized();
}
