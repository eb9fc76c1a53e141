using System.CommandLine;
using System.Globalization;
using Crm.Accounts.V1;
using Crm.Campaigns.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Campaigns;

/// <summary>Commands that take a campaign from draft to its end.</summary>
internal static class CampaignSending
{
    /// <summary>`campaigns send`.</summary>
    public static Command Send()
    {
        var key = Keys.Campaign.Argument();
        var wait = new Option<bool>("--wait") { Description = "Wait until every message is done." };
        var command = new Command("send", "Evaluates the segments and sends a campaign now.") { key, wait };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await Keys.Campaign.GetAsync(session, session.Get(key), ct);
            var request = new SendCampaignRequest { Account = session.RequireAccount(), CampaignId = campaign.CampaignId, RequestId = RequestId.New() };
            campaign = (await session.Services.Campaigns.SendCampaignAsync(request, cancellationToken: ct)).Campaign;
            if (session.Get(wait))
                campaign = await CampaignView.ShowAsync(session, campaign, lines: false, ct);
            session.Report.Write(campaign, () => CampaignView.Table(campaign));
            return CampaignView.ExitCodeOf(campaign);
        });
    }

    /// <summary>`campaigns schedule`.</summary>
    public static Command Schedule()
    {
        var key = Keys.Campaign.Argument();
        var at = new Option<string>("--at")
        {
            Description = "The time: an instant such as 2026-12-01T09:00:00+01:00, or a local time such as 2026-12-01T09:00 in the account's zone or --zone.",
            HelpName = "time",
            Required = true,
        };
        var zone = Options.Text("--zone", "The IANA zone of a local time, for example Europe/Vienna.", "zone");
        var command = new Command("schedule", "Schedules a campaign. Its segments are evaluated when it is sent.") { key, at, zone };
        return command.Runs(async (session, ct) =>
        {
            var schedule = Parse(session.Get(at)!, session.Get(zone) ?? "");
            var campaign = await Keys.Campaign.GetAsync(session, session.Get(key), ct);
            var request = new ScheduleCampaignRequest
            {
                Account = session.RequireAccount(),
                CampaignId = campaign.CampaignId,
                Schedule = schedule,
                RequestId = RequestId.New(),
            };
            campaign = (await session.Services.Campaigns.ScheduleCampaignAsync(request, cancellationToken: ct)).Campaign;
            var run = campaign.Schedule;
            var change = run.ClockChange.Length > 0 ? $" {run.ClockChange}." : "";
            session.Report.Write(campaign, $"Campaign \"{campaign.Name}\" is sent at {Times.Text(run.RunTime, run.Zone)}.{change}");
        });
    }

    private static Schedule Parse(string text, string zone)
    {
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time))
            throw new CliError($"--at {text} is not a time.", "Write 2026-12-01T09:00:00+01:00, or 2026-12-01T09:00 with --zone Europe/Vienna");
        if (time.Kind == DateTimeKind.Unspecified)
            return new() { Local = new() { DateTime = text, Zone = zone } };

        return zone is ""
            ? new() { Time = Timestamp.FromDateTime(time.ToUniversalTime()) }
            : throw new CliError($"--at {text} already has an offset; --zone {zone} cannot be added.", "Leave one of them out.");
    }

    /// <summary>`campaigns watch`.</summary>
    public static Command Watch()
    {
        var key = Keys.Campaign.Argument();
        var command = new Command("watch", "Shows the progress of a campaign until it ends. As JSON: a line per change.") { key };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await Keys.Campaign.GetAsync(session, session.Get(key), ct);
            var last = await CampaignView.ShowAsync(session, campaign, lines: true, ct);
            return CampaignView.ExitCodeOf(last);
        });
    }

    /// <summary>`campaigns pause`.</summary>
    public static Command Pause() => Transition(
        "pause",
        "Pauses a scheduled or sending campaign. Messages being handed over are finished.",
        async (session, id, ct) => (await session.Services.Campaigns.PauseCampaignAsync(
            new() { Account = session.Account, CampaignId = id, RequestId = RequestId.New() }, cancellationToken: ct)).Campaign,
        campaign => $"Campaign \"{campaign.Name}\" is paused; to continue: tagsegments campaigns resume \"{campaign.Name}\"");

    /// <summary>`campaigns resume`.</summary>
    public static Command Resume() => Transition(
        "resume",
        "Resumes a paused campaign, with the same audience if it was already evaluated.",
        async (session, id, ct) => (await session.Services.Campaigns.ResumeCampaignAsync(
            new() { Account = session.Account, CampaignId = id, RequestId = RequestId.New() }, cancellationToken: ct)).Campaign,
        campaign => $"Campaign \"{campaign.Name}\" is {campaign.State.ToString().ToLowerInvariant()} again.");

    /// <summary>`campaigns cancel`.</summary>
    public static Command Cancel() => Transition(
        "cancel",
        "Stops a campaign for good. Messages being handed over are finished; the others are skipped.",
        async (session, id, ct) => (await session.Services.Campaigns.CancelCampaignAsync(
            new() { Account = session.Account, CampaignId = id, RequestId = RequestId.New() }, cancellationToken: ct)).Campaign,
        campaign => $"Campaign \"{campaign.Name}\" is {campaign.State.ToString().ToLowerInvariant()}.");

    private static Command Transition(
        string verb, string description, Func<Session, string, CancellationToken, Task<Campaign>> change, Func<Campaign, string> sentence)
    {
        var key = Keys.Campaign.Argument();
        return new Command(verb, description) { key }.Runs(async (session, ct) =>
        {
            var campaign = await Keys.Campaign.GetAsync(session, session.Get(key), ct);
            campaign = await change(session, campaign.CampaignId, ct);
            session.Report.Write(campaign, sentence(campaign));
        });
    }

    /// <summary>`campaigns resend`.</summary>
    public static Command Resend()
    {
        var key = Keys.Campaign.Argument();
        var contacts = new Option<int[]>("--contact", "-c") { Description = "The contact with this number; may be given several times.", HelpName = "number" };
        var all = new Option<bool>("--all") { Description = "Everyone whose outcome is unknown." };
        var command = new Command("resend", "Sends a campaign again to recipients whose outcome is unknown; some of them may get it twice.") { key, contacts, all };
        return command.Runs(async (session, ct) =>
        {
            if (session.Get(all) == session.Given(contacts))
                throw new CliError("Name the recipients to send to again.", "Use --contact for some of them, or --all for everyone whose outcome is unknown.");

            var campaign = await Keys.Campaign.GetAsync(session, session.Get(key), ct);
            var request = new ResendUnknownRequest
            {
                Account = session.RequireAccount(),
                CampaignId = campaign.CampaignId,
                ContactIds = { session.Get(contacts) ?? [] },
                All = session.Get(all),
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Campaigns.ResendUnknownAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"{answer.Resent} recipients of \"{campaign.Name}\" will get their message again.");
        });
    }

    /// <summary>`campaigns choose`.</summary>
    public static Command Choose()
    {
        var key = Keys.Campaign.Argument();
        var variant = new Argument<string>("variant") { Description = "The variant's name." };
        var command = new Command("choose", "Chooses the winner of an A/B test by hand and sends it to the rest of the audience.") { key, variant };
        return command.Runs(async (session, ct) =>
        {
            var campaign = await Keys.Campaign.GetAsync(session, session.Get(key), ct);
            var request = new ChooseVariantRequest
            {
                Account = session.RequireAccount(),
                CampaignId = campaign.CampaignId,
                Variant = session.Get(variant),
                RequestId = RequestId.New(),
            };
            campaign = (await session.Services.Campaigns.ChooseVariantAsync(request, cancellationToken: ct)).Campaign;
            session.Report.Write(campaign, $"Campaign \"{campaign.Name}\": the rest of the audience gets variant {campaign.AbTest.Winner}.");
        });
    }
}
