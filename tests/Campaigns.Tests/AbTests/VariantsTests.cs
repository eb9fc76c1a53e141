using Crm.Campaigns.V1;
using TagSegments.Campaigns.AbTests;
using Rule = Crm.Campaigns.V1.AbTest.Types.Rule;

namespace TagSegments.Campaigns.Tests.AbTests;

public sealed class VariantsTests
{
    private static readonly Guid s_campaign = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");

    private static AbTest Test(int percent, Rule rule = Rule.Opened) => new()
    {
        Percent = percent,
        Rule = rule,
        Variants = { new Variant { Name = "A" }, new Variant { Name = "B", Subject = "B" }, new Variant { Name = "C", Text = "C" } },
    };

    [Fact]
    public void A_contact_always_gets_the_same_variant() =>
        // Known values: a change of the rule would give recipients of running tests another variant.
        Assert.Equal([0, 1, 0, 2, 0, 0, 0, 0], Enumerable.Range(1, 8).Select(contact => (int)Variants.Of(Test(50), s_campaign, contact)));

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(100)]
    public void The_shares_come_out_as_asked(int percent)
    {
        const int Contacts = 100_000;
        var counts = Enumerable.Range(1, Contacts).CountBy(contact => Variants.Of(Test(percent), s_campaign, contact)).ToDictionary();

        var each = Contacts * percent / 300.0;
        // Five standard deviations.
        Assert.All([1, 2, 3], variant => Assert.InRange(counts.GetValueOrDefault((short)variant), each - (5 * Math.Sqrt(each)), each + (5 * Math.Sqrt(each))));
        Assert.Equal(percent == 100, counts.GetValueOrDefault((short)0) == 0);
    }

    [Fact]
    public void Another_campaign_draws_anew() => Assert.NotEqual(
        Enumerable.Range(1, 100).Select(contact => Variants.Of(Test(50), s_campaign, contact)),
        Enumerable.Range(1, 100).Select(contact => Variants.Of(Test(50), Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8058"), contact)));

    [Fact]
    public void A_variant_takes_what_it_leaves_empty_from_the_campaign()
    {
        var message = new Message { Subject = "S", Text = "T", Html = "H", FromName = "N" };

        Assert.Equal(new Message { Subject = "B", Text = "T", Html = "H", FromName = "N" }, Variants.Apply(message, Test(10), 2));
        Assert.Equal(message, Variants.Apply(message, Test(10), 1));
    }

    [Fact]
    public void The_highest_rate_wins_not_the_highest_number()
    {
        var (winner, decision) = WinnerRule.Choose(Test(50), [new(1, 200, 20, 9, 0, 0, 0, 0), new(2, 100, 12, 0, 0, 0, 0, 0), new(3, 0, 0, 0, 0, 0, 0, 0), new(0, 1000, 900, 0, 0, 0, 0, 0)]);

        Assert.Equal(2, winner);
        Assert.Equal("A: 10% opened (20 of 200), B: 12% opened (12 of 100), C: 0% opened (0 of 0)", decision);
    }

    [Fact]
    public void Of_equal_rates_the_earlier_variant_wins() =>
        Assert.Equal(1, WinnerRule.Choose(Test(50), [new(3, 20, 10, 0, 0, 0, 0, 0), new(1, 2, 1, 0, 0, 0, 0, 0)]).Variant);

    [Fact]
    public void Without_any_answer_the_first_variant_wins() => Assert.Equal(1, WinnerRule.Choose(Test(50), []).Variant);

    [Fact]
    public void Clicks_decide_if_asked_for() =>
        Assert.Equal(1, WinnerRule.Choose(Test(50, Rule.Clicked), [new(1, 200, 20, 9, 0, 0, 0, 0), new(2, 100, 12, 0, 0, 0, 0, 0)]).Variant);
}
