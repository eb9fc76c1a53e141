using System.CommandLine;
using System.Globalization;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;

namespace TagSegments.Cli.Commands;

/// <summary>The keys with which the command line identifies things.</summary>
internal static class Keys
{
    private const string ExternalPrefix = "external:";

    /// <summary>A campaign, by name or id.</summary>
    public static readonly Key<Campaign> Campaign = new("campaign", "The campaign's name or id.", async (session, key, ct) =>
    {
        var request = new GetCampaignRequest { Account = session.RequireAccount() };
        Set(key, id => request.CampaignId = id, name => request.Name = name);
        return (await session.Services.Campaigns.GetCampaignAsync(request, cancellationToken: ct)).Campaign;
    });

    /// <summary>A workflow, by name or id.</summary>
    public static readonly Key<Workflow> Workflow = new("workflow", "The workflow's name or id.", async (session, key, ct) =>
    {
        var request = new GetWorkflowRequest { Account = session.RequireAccount() };
        Set(key, id => request.WorkflowId = id, name => request.Name = name);
        return (await session.Services.Workflows.GetWorkflowAsync(request, cancellationToken: ct)).Workflow;
    });

    /// <summary>A saved segment, by name or id.</summary>
    public static readonly Key<Segment> Segment = new("segment", "The segment's name or id.", async (session, key, ct) =>
    {
        var request = new GetSegmentRequest { Account = session.RequireAccount() };
        Set(key, id => request.SegmentId = id, name => request.Name = name);
        return (await session.Services.Segments.GetSegmentAsync(request, cancellationToken: ct)).Segment;
    });

    /// <summary>A smart list, by name or id.</summary>
    public static readonly Key<SmartList> SmartList = new("list", "The smart list's name or id.", async (session, key, ct) =>
    {
        var request = new GetSmartListRequest { Account = session.RequireAccount() };
        Set(key, id => request.SmartListId = id, name => request.Name = name);
        return (await session.Services.SmartLists.GetSmartListAsync(request, cancellationToken: ct)).SmartList;
    });

    /// <summary>A tag, exactly by its name, or as `#NUMBER`, which also finds deleted ones.</summary>
    public static readonly Key<Tag> Tag = new(
        "tag", "The tag's name, exactly; or its number as '#17', in quotes, as # begins a comment in most shells.", async (session, key, ct) =>
        {
            var request = new GetTagRequest { Account = session.RequireAccount() };
            if (key is ['#', .. var digits] && int.TryParse(digits, out var tagId))
                request.TagId = tagId;
            else
                request.Name = key;
            return (await session.Services.Tags.GetTagAsync(request, cancellationToken: ct)).Tag;
        });

    /// <summary>A contact, by its number or the caller's own key as `external:KEY`.</summary>
    public static readonly Key<Contact> Contact = new(
        "contact", "The contact: its number, or external:KEY for the external id.", async (session, key, ct) =>
        {
            var request = new GetContactRequest { Account = session.RequireAccount() };
            if (Number(key) is { } number)
                request.ContactId = number;
            else
                request.ExternalId = key[ExternalPrefix.Length..];
            return (await session.Services.Contacts.GetContactAsync(request, cancellationToken: ct)).Contact;
        });

    /// <summary>An opportunity, by its number or the caller's own key as `external:KEY`.</summary>
    public static readonly Key<Opportunity> Opportunity = new(
        "opportunity", "The opportunity: its number, or external:KEY for the external id.", async (session, key, ct) =>
        {
            var request = new GetOpportunityRequest { Account = session.RequireAccount() };
            if (Number(key) is { } number)
                request.OpportunityId = number;
            else
                request.ExternalId = key[ExternalPrefix.Length..];
            return (await session.Services.Opportunities.GetOpportunityAsync(request, cancellationToken: ct)).Opportunity;
        });

    /// <summary>Creates the option --contact.</summary>
    public static Option<string> ContactOption() => new("--contact", "-c")
    {
        Description = "The contact: its number, or external:KEY for the external id.",
        HelpName = "contact",
        Required = true,
    };

    /// <summary>Sets the id or the name of a request, whichever the key is.</summary>
    public static void Set(string key, Action<string> setId, Action<string> setName)
    {
        if (Guid.TryParse(key, out _))
            setId(key);
        else
            setName(key);
    }

    /// <summary>Returns true for the caller's own key of something, <c>external:KEY</c>.</summary>
    public static bool IsExternal(string key) => key.StartsWith(ExternalPrefix, StringComparison.Ordinal);

    /// <summary>Reads a number; null if the key is an external id.</summary>
    public static int? Number(string key) =>
        IsExternal(key) ? null
        : int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new CliError($"`{key}` is not a number.", $"Write a number, or {ExternalPrefix}{key} for an external id.");
}
