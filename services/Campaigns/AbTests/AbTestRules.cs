using Crm.Campaigns.V1;
using TagSegments.Campaigns.Content;
using TagSegments.Filters.Text;
using Rule = Crm.Campaigns.V1.AbTest.Types.Rule;

namespace TagSegments.Campaigns.AbTests;

/// <summary>Checks the A/B tests of requests.</summary>
internal static class AbTestRules
{
    private const string Path = "campaign.ab_test";
    private const int MaxVariants = 10;

    /// <summary>Throws INVALID_ARGUMENT naming every field that is wrong.</summary>
    public static void Check(Campaign campaign)
    {
        if (campaign.AbTest is not { } test)
        {
            return;
        }

        // Output-only fields are not taken from the caller.
        (test.DecideTime, test.Winner, test.Decision) = (null, "", "");
        var checks = new FieldChecks()
            .Require(test.Variants.Count is >= 2 and <= MaxVariants, $"{Path}.variants", "must be 2 to 10")
            .Require(test.Percent is >= 1 and <= 100, $"{Path}.percent", "must be 1 to 100")
            .Require(test.Rule != Rule.Unspecified && Enum.IsDefined(test.Rule), $"{Path}.rule", "is required")
            .Require(HasTime(test), $"{Path}.decide_after", "must be 1 minute to 30 days");
        // Each variant is a message of its own: only as many are looked at as there may be.
        CheckVariants(campaign, test, Math.Min(test.Variants.Count, MaxVariants), checks);
        checks.ThrowIfAny();
    }

    /// <summary>Throws INVALID_ARGUMENT with reason TEMPLATE_INVALID for a variant whose templates are wrong.</summary>
    public static void CheckTemplates(Campaign campaign, TemplateTime time, IReadOnlySet<string>? fields)
    {
        for (var i = 0; i < (campaign.AbTest?.Variants.Count ?? 0); i++)
        {
            TemplateRenderer.CheckTemplates(Variants.Apply(campaign.Message, campaign.AbTest, i + 1), $"{Path}.variants[{i}]", time, fields);
        }
    }

    private static bool HasTime(AbTest test) => test.Rule == Rule.Manual || test.Percent == 100
        ? test.DecideAfter is null || IsTime(test)
        : test.DecideAfter is not null && IsTime(test);

    private static bool IsTime(AbTest test) => test.DecideAfter.Seconds is >= 60 and <= 30 * 24 * 3600;

    private static void CheckVariants(Campaign campaign, AbTest test, int count, FieldChecks checks)
    {
        var (names, messages) = (new HashSet<string>(), new HashSet<Message>());
        for (var i = 0; i < count; i++)
        {
            var variant = test.Variants[i];
            variant.Name = StoredName.Of(variant.Name);
            var message = Variants.Apply(campaign.Message, test, i + 1);
            checks
                .Require(variant.Name.Length is >= 1 and <= 50 && !variant.Name.Any(char.IsControl), $"{Path}.variants[{i}].name", "must have 1 to 50 characters")
                .Require(names.Add(variant.Name), $"{Path}.variants[{i}].name", "is taken by another variant")
                .Require(messages.Add(message), $"{Path}.variants[{i}]", "gives the same message as another variant");
            MessageRules.CheckMessage(message, campaign.Channel, $"{Path}.variants[{i}]", checks);
        }
    }
}
