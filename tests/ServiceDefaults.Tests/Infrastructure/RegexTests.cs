using System.Text.RegularExpressions;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

/// <summary>Every regular expression of the product takes time in proportion to its text, or has a limit of time.</summary>
public sealed partial class RegexTests
{
    [Fact]
    public void Finding_15_every_regular_expression_is_non_backtracking_or_has_a_timeout()
    {
        var patterns = SourceFiles.All().SelectMany(source => Generated().Matches(source.Text).Select(match => (source.Path, match.Value))).ToList();

        Assert.NotEmpty(patterns);
        Assert.DoesNotContain(patterns, pattern =>
            !pattern.Value.Contains("RegexOptions.NonBacktracking", StringComparison.Ordinal)
            && !pattern.Value.Contains("matchTimeoutMilliseconds", StringComparison.Ordinal));
    }

    [Fact]
    public void Finding_15_no_regular_expression_is_made_in_another_way()
    {
        Assert.DoesNotContain(SourceFiles.All(), source => Constructed().IsMatch(source.Text));
    }

    [Theory]
    [InlineData("new Regex(pattern)", true)]
    [InlineData("Regex.IsMatch(text, pattern)", true)]
    [InlineData("Regex pattern = new(text)", true)]
    [InlineData("private static partial Regex Links();", false)]
    public void What_is_forbidden_is_recognized(string code, bool forbidden) => Assert.Equal(forbidden, Constructed().IsMatch(code));

    // [GeneratedRegex(...)] up to the method that it makes
    [GeneratedRegex(@"\[GeneratedRegex\(.*?partial Regex", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Generated();

    [GeneratedRegex(@"new Regex\(|\bRegex\.(IsMatch|Match|Matches|Replace|Split|Count|EnumerateMatches)\(|\bRegex \w+ = new\(", RegexOptions.NonBacktracking)]
    private static partial Regex Constructed();
}
