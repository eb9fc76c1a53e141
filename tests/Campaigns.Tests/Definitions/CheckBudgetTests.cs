using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Campaigns.Content;
using TagSegments.Campaigns.Definitions;
using TagSegments.Testing;
using Rule = Crm.Campaigns.V1.AbTest.Types.Rule;

namespace TagSegments.Campaigns.Tests.Definitions;

/// <summary>Finding 15: all templates of a call share one budget, which the call's deadline ends.</summary>
public sealed class CheckBudgetTests
{
    private const string Loop = "{% for i in (1..1000) %}{{ i | plus: 1 }}{% endfor %}";

    [Fact]
    public void Finding_15_a_check_ends_with_the_call()
    {
        CampaignRules.Check(Test(variants: 10), null, default);

        Assert.ThrowsAny<OperationCanceledException>(() => CampaignRules.Check(Test(variants: 10), null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Finding_15_the_templates_of_a_call_share_one_budget()
    {
        var time = new TemplateTime(new Clock(), CancellationToken.None);
        var message = new Message { Text = Loop };
        TemplateRenderer.CheckTemplates(message, "message", time);

        var error = Expect.Failure(() => TemplateRenderer.CheckTemplates(message, "message", time));

        error.Is(StatusCode.InvalidArgument, ErrorReason.TemplateInvalid, "message.text");
    }

    [Fact]
    public void Finding_15_a_million_variants_are_counted_and_not_looked_at()
    {
        var campaign = Test(variants: 0);
        campaign.Message.Html = new string('x', 1_000_000);
        campaign.AbTest.Variants.AddRange(Enumerable.Range(0, 1_000_000).Select(_ => new Variant()));

        var error = Expect.Failure(() => CampaignRules.Check(campaign, null, default));

        Assert.Equal("campaign.ab_test.variants", error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField).Fields[0]);
    }

    private static Campaign Test(int variants) => new()
    {
        Name = "x",
        Message = new Message { Subject = "x", Text = "x" },
        AbTest = new AbTest
        {
            Percent = 100,
            Rule = Rule.Manual,
            Variants =
            {
                Enumerable.Range(0, variants).Select(i => new Variant
                {
                    Name = $"{i}",
                    Text = Loop + i,
                    Html = Loop + i,
                }),
            },
        },
    };

    // Two milliseconds pass between two looks at it: one loop has time enough, a second has not.
    private sealed class Clock : TimeProvider
    {
        private long _looks;

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => 2 * _looks++;
    }
}
