using Crm.Campaigns.V1;
using TagSegments.Campaigns.AbTests;
using TagSegments.Campaigns.Content;
using TagSegments.Filters.Text;

namespace TagSegments.Campaigns.Definitions;

/// <summary>Checks the campaigns of requests.</summary>
internal static class CampaignRules
{
    /// <summary>
    /// Throws INVALID_ARGUMENT naming every field of a campaign that is wrong. The templates may name the custom fields <paramref name="fields"/>, null
    /// for any. Those that are as they were <paramref name="before"/> are not checked again: a field may have been deleted since.
    /// </summary>
    public static void Check(Campaign campaign, IReadOnlySet<string>? fields, CancellationToken ct, Campaign? before = null)
    {
        var isNew = before is null || !Equals(campaign.Message, before.Message) || !Equals(campaign.AbTest, before.AbTest);
        campaign.Channel = campaign.Channel.OrEmail();
        campaign.Name = StoredName.Of(campaign.Name);
        campaign.Audience ??= new Audience();
        campaign.Message ??= new Message();
        var checks = new FieldChecks()
            .Require(campaign.Name.Length is >= 1 and <= 200 && !HasControls(campaign.Name), "campaign.name", "must have 1 to 200 characters")
            .Require(campaign.Description.Length <= 2_000, "campaign.description", "is longer than 2,000 characters")
            .Require(Enum.IsDefined(campaign.Channel), "campaign.channel", "is not a channel")
            .Require(campaign.MessagesPerMinute >= 0, "campaign.messages_per_minute", "must not be negative")
            .Require(campaign.RecipientTagIds.Count + campaign.RecipientTagNames.Count <= 20, "campaign.recipient_tag_ids", "has more than 20 entries")
            .Require(campaign.Audience.Include.Count <= 100, "campaign.audience.include", "has more than 100 entries")
            .Require(campaign.Audience.Exclude.Count <= 100, "campaign.audience.exclude", "has more than 100 entries");
        MessageRules.CheckMessage(campaign.Message, campaign.Channel, "campaign.message", checks);
        checks.ThrowIfAny();
        var time = new TemplateTime(ct);
        if (isNew)
        {
            TemplateRenderer.CheckTemplates(campaign.Message, "campaign.message", time, fields);
        }

        AbTestRules.Check(campaign);
        if (isNew)
        {
            AbTestRules.CheckTemplates(campaign, time, fields);
        }
    }

    /// <summary>Throws INVALID_ARGUMENT naming the parts that a campaign still needs to be sent.</summary>
    public static void CheckSendable(Campaign campaign)
    {
        var checks = new FieldChecks()
            .Require(campaign.Audience.Include.Count > 0, "campaign.audience.include", "is empty: name at least one segment");
        for (var variant = 1; variant <= campaign.AbTest?.Variants.Count; variant++)
        {
            MessageRules.CheckComplete(
                Variants.Apply(campaign.Message, campaign.AbTest, variant), campaign.Channel, $"campaign.ab_test.variants[{variant - 1}]", checks);
        }

        if (campaign.AbTest is null)
        {
            MessageRules.CheckComplete(campaign.Message, campaign.Channel, "campaign.message", checks);
        }

        checks.ThrowIfAny();
    }

    private static bool HasControls(string text) => text.Any(char.IsControl);
}
