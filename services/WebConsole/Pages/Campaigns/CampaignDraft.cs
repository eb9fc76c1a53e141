using Crm.Campaigns.V1;
using Crm.Segments.V1;
using TagSegments.WebConsole.Parts;

namespace TagSegments.WebConsole.Pages.Campaigns;

/// <summary>A campaign as it is edited: its audience is one filter, which may name segments.</summary>
public sealed class CampaignDraft
{
    /// <summary>The name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The subject.</summary>
    public string Subject { get; set; } = "";

    /// <summary>The text part.</summary>
    public string Text { get; set; } = "";

    /// <summary>The HTML part; may be empty.</summary>
    public string Html { get; set; } = "";

    /// <summary>The sender's name.</summary>
    public string FromName { get; set; } = "";

    /// <summary>A tag that each recipient gets; empty for none.</summary>
    public string RecipientTag { get; set; } = "";

    /// <summary>Leaves out who was never asked.</summary>
    public bool SubscribedOnly { get; set; }

    /// <summary>Who gets it, as a filter.</summary>
    public string Audience { get; set; } = "everyone";

    /// <summary>The test of variants before the rest gets the best one; null for none.</summary>
    public AbTest? Test { get; set; }

    /// <summary>Takes over what a campaign has; its audience is read apart, because it is kept as ids and trees.</summary>
    public static CampaignDraft Of(Campaign campaign) => new()
    {
        Name = campaign.Name,
        Subject = campaign.Message?.Subject ?? "",
        Text = campaign.Message?.Text ?? "",
        Html = campaign.Message?.Html ?? "",
        FromName = campaign.Message?.FromName ?? "",
        SubscribedOnly = campaign.Audience?.SubscribedOnly ?? false,
        Test = campaign.AbTest?.Clone(),
    };

    /// <summary>Reads a draft that was kept by the browser; null for none, and for one of an older version of the campaign.</summary>
    public static CampaignDraft? Read(string? kept, Campaign? saved)
    {
        if (KeptMessage.Read<Campaign>(kept) is not { Audience.Include: [var audience] } campaign || campaign.Version != (saved?.Version ?? 0))
            return null;

        var draft = Of(campaign);
        draft.Audience = audience.Text;
        draft.RecipientTag = campaign.RecipientTagNames.Except(saved?.RecipientTagNames ?? []).FirstOrDefault("");
        return draft;
    }

    /// <summary>Writes an audience as one filter; null if a part of it cannot be part of a filter.</summary>
    public static Filter? FilterOf(Audience? audience)
    {
        if (audience is null || audience.Include.Count == 0)
            return new() { Everyone = new() };

        var (included, excluded) = (audience.Include.Select(Part).ToList(), audience.Exclude.Select(Part).ToList());
        if (included.Contains(null) || excluded.Contains(null))
            return null;

        var all = Any(included);
        return excluded.Count == 0 ? all : new() { AllOf = new() { Filters = { all, new Filter { Negated = Any(excluded) } } } };
    }

    /// <summary>Gets the campaign to save.</summary>
    public Campaign ToCampaign(Campaign? before)
    {
        var campaign = before?.Clone() ?? new Campaign();
        campaign.Name = Name;
        campaign.Message ??= new();
        campaign.Message.Subject = Subject;
        campaign.Message.Text = Text;
        campaign.Message.Html = Html;
        campaign.Message.FromName = FromName;
        campaign.Audience = new() { Include = { new FilterSource { Text = Audience } }, SubscribedOnly = SubscribedOnly };
        campaign.AbTest = Test?.Clone();
        if (RecipientTag.Trim() is { Length: > 0 } tag)
            campaign.RecipientTagNames.Add(tag);
        return campaign;
    }

    private static Filter? Part(FilterSource source) => source.SourceCase switch
    {
        FilterSource.SourceOneofCase.Filter => source.Filter,
        FilterSource.SourceOneofCase.SegmentId => new() { Segment = new() { SegmentId = source.SegmentId } },
        _ => null,
    };

    private static Filter Any(IEnumerable<Filter?> parts) =>
        parts.OfType<Filter>().ToList() is var all && all is [var only] ? only : new() { AnyOf = new() { Filters = { all } } };
}
