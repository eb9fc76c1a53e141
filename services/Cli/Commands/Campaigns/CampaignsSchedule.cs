using System.CommandLine;
using System.Globalization;
using Crm.Campaigns.V1;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.Cli.Commands;

/// <summary>`campaigns schedule`.</summary>
internal static class CampaignsSchedule
{
    public static Command Create()
    {
        var key = CampaignKey.Argument();
        var at = new Option<string>("--at")
        {
            Description = "When: an instant such as 2026-12-01T09:00:00+01:00, or a local time such as 2026-12-01T09:00 in the account's zone or --zone.",
            HelpName = "time",
            Required = true,
        };
        var zone = new Option<string>("--zone") { Description = "The IANA zone of a local time, for example Europe/Vienna.", HelpName = "zone" };
        var command = new Command("schedule", "Sets the time at which a campaign is sent. Its segments are evaluated then.") { key, at, zone };
        return command.Runs(async (session, ct) =>
        {
            var schedule = Parse(session.Get(at)!, session.Get(zone) ?? "");
            var campaign = await CampaignKey.GetAsync(session, session.Get(key), ct);
            var request = new ScheduleCampaignRequest
            {
                Account = session.RequireAccount(),
                CampaignId = campaign.CampaignId,
                Schedule = schedule,
                RequestId = RequestId.New(),
            };
            campaign = (await session.Services.Campaigns.ScheduleCampaignAsync(request, cancellationToken: ct)).Campaign;
            session.Report.Write(campaign, $"Campaign \"{campaign.Name}\" is sent at {campaign.Schedule.RunTime.ToDateTime():u}.");
        });
    }

    private static Schedule Parse(string text, string zone)
    {
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time))
            throw new CliError($"--at {text} is no time.", "Write 2026-12-01T09:00:00+01:00, or 2026-12-01T09:00 with --zone Europe/Vienna");
        if (time.Kind == DateTimeKind.Unspecified)
            return new() { Local = new() { DateTime = text, Zone = zone } };

        return zone is ""
            ? new() { Time = Timestamp.FromDateTime(time.ToUniversalTime()) }
            : throw new CliError($"--at {text} has an offset, so --zone {zone} says it twice.", "Leave one of them away.");
    }
}
