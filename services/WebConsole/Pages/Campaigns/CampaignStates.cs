using System.Globalization;
using Crm.Campaigns.V1;

namespace TagSegments.WebConsole.Pages.Campaigns;

/// <summary>The states of campaigns in words.</summary>
internal static class CampaignStates
{
    /// <summary>Whether messages of the campaign are still on their way; its version does not say so.</summary>
    public static bool IsUnderWay(Campaign campaign) => campaign.Counts is { } counts && counts.Pending + counts.Sending > 0;

    /// <summary>Gets whether a campaign was sent at once and has not begun: it is scheduled, but not for a time.</summary>
    public static bool IsStarting(Campaign campaign) => campaign is { State: Campaign.Types.State.Scheduled, Schedule: null };

    /// <summary>Gets the name of the text for the state.</summary>
    public static string TextOf(Campaign campaign) => IsStarting(campaign) ? "Campaign.Starting" : $"Campaign.{campaign.State}";

    /// <summary>Writes the time of a schedule as it was given.</summary>
    public static string TimeOf(Schedule schedule) => schedule.Local is { } local
        ? local.DateTime.Replace('T', ' ')
        : TimeZoneInfo.ConvertTime(schedule.RunTime.ToDateTimeOffset(), TimeZoneInfo.FindSystemTimeZoneById(schedule.Zone)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
