using Crm.Tags.V1;
using TagSegments.Tags.Tagging.Naming;

namespace TagSegments.Tags.Tests.Tagging.Naming;

public sealed class NameRulesTests
{
    [Theory]
    [InlineData("Hot Lead", null, "")]
    [InlineData("hot lead", "TITLE_CASE", "Hot Lead")]
    [InlineData("source: web", "PREFIX", "")]
    [InlineData("Source: web", "TITLE_CASE", "Source: Web")]
    [InlineData("Source: Web", null, "")]
    [InlineData("Hot#1", "FORBIDDEN_CHARACTER", "")]
    public void A_policy_names_the_rule_that_is_broken(string name, string? rule, string suggestion)
    {
        var policy = new NamingPolicy
        {
            Mode = NamingPolicy.Types.Mode.Warn,
            TitleCase = true,
            AllowedPrefixes = { "Source:", "Event:" },
            ForbiddenCharacters = "#;",
        };

        var broken = NameRules.Check(policy, name);

        Assert.Equal(rule, broken?.Rule);
        Assert.Equal(suggestion, broken?.Suggestion ?? "");
    }

    [Fact]
    public void A_policy_that_is_off_finds_nothing() =>
        Assert.Null(NameRules.Check(new NamingPolicy { Mode = NamingPolicy.Types.Mode.Off, TitleCase = true }, "hot"));

    [Theory]
    [InlineData("ada@example.com")]
    [InlineData("2026-11-23")]
    [InlineData("+43 660 1234567")]
    [InlineData("Order 1004711")]
    [InlineData("0b7c9c9e-6a3d-4b6f-9d58-0a1b2c3d4e5f")]
    public void Values_are_recognised(string name) => Assert.NotNull(UniqueValues.Recognise(name));

    [Theory]
    [InlineData("Hot Lead")]
    [InlineData("Fair 2026")]
    [InlineData("Top 100")]
    public void Labels_are_no_values(string name) =>
        Assert.Null(UniqueValues.Recognise(name));
}
