using System.CommandLine;
using Crm.Campaigns.V1;
using Crm.Common.V1;

namespace TagSegments.Cli.Commands.Campaigns;

/// <summary>The options of a campaign, common to `campaigns create` and `campaigns update`.</summary>
internal sealed class CampaignContent(bool required)
{
    private readonly Option<string> _channel = new Option<string>("--channel") { Description = "email or sms. Defaults to email.", HelpName = "channel" }.AcceptOnlyFrom("email", "sms");
    private readonly Option<string[]> _to = Options.Several("--to", "An included segment: a saved segment or a filter as text.", "filter", required);
    private readonly Option<string[]> _except = Options.Several("--except", "An excluded segment: a saved segment or a filter as text.", "filter");
    private readonly Option<bool> _subscribedOnly = new("--subscribed-only") { Description = "Only contacts that agreed, not those never asked." };
    private readonly Option<string[]> _tag = Options.Several("--tag", "A tag that each recipient gets once the message is accepted; created if missing.", "tag");
    private readonly Option<int> _perMinute = Options.Number("--per-minute", "Send at most this many messages per minute; 0 for no limit.", least: 0);
    private readonly Option<string> _description = Options.Text("--description", "The purpose of the campaign.");
    private readonly MessageOptions _message = new();
    private readonly AbTestOptions _abTest = new();

    public void AddTo(Command command)
    {
        _message.AddTo(command);
        _abTest.AddTo(command);
        foreach (var option in new Option[] { _to, _except, _subscribedOnly, _tag, _channel, _perMinute, _description })
            command.Options.Add(option);
    }

    /// <summary>Copies the given options to a campaign and returns the changed fields.</summary>
    public async Task<IReadOnlyList<string>> ApplyAsync(Session session, Campaign campaign, CancellationToken ct)
    {
        var changed = new List<string>();
        campaign.Message ??= new();
        campaign.Audience ??= new();
        if (await _message.ApplyAsync(session, campaign.Message, ct))
            changed.Add("message");
        if (await ApplyAudienceAsync(session, campaign.Audience, ct))
            changed.Add("audience");
        if (await _abTest.ReadAsync(session, ct) is { } test)
        {
            campaign.AbTest = test;
            changed.Add("ab_test");
        }

        ApplyRest(session, campaign, changed);
        return changed;
    }

    private async Task<bool> ApplyAudienceAsync(Session session, Audience audience, CancellationToken ct)
    {
        if (session.Given(_to))
            await FilterArgument.FillAsync(session, audience.Include, session.Get(_to)!, ct);
        if (session.Given(_except))
            await FilterArgument.FillAsync(session, audience.Exclude, session.Get(_except)!, ct);
        if (session.Given(_subscribedOnly))
            audience.SubscribedOnly = session.Get(_subscribedOnly);
        return session.Given(_to) || session.Given(_except) || session.Given(_subscribedOnly);
    }

    private void ApplyRest(Session session, Campaign campaign, List<string> changed)
    {
        if (session.Given(_channel))
        {
            campaign.Channel = session.Get(_channel) is "sms" ? Channel.Sms : Channel.Email;
            changed.Add("channel");
        }

        if (session.Given(_tag))
        {
            campaign.RecipientTagIds.Clear();
            campaign.RecipientTagNames.Add(session.Get(_tag)!);
            changed.Add("recipient_tag_ids");
        }

        if (session.Given(_perMinute))
        {
            campaign.MessagesPerMinute = session.Get(_perMinute);
            changed.Add("messages_per_minute");
        }

        if (session.Given(_description))
        {
            campaign.Description = session.Get(_description)!;
            changed.Add("description");
        }
    }
}
