using Crm.Workflows.V1;
using NodaTime;
using TagSegments.Filters.Windows;

namespace TagSegments.Workflows.Definitions;

/// <summary>Finds the waits whose time a change of clocks leaves out or repeats.</summary>
internal static class WaitClockChanges
{
    private const string What = "the wait ends";

    /// <summary>Describes the next such change of each wait, for waits for a time of day within the coming year.</summary>
    public static IEnumerable<string> Of(Definition definition, AccountInfo account, Instant now) => definition.Nodes
        .Where(node => node.Wait is not null)
        .Select(node => (node.Id, Change: Of(node.Wait, account, now)))
        .Where(found => found.Change.Length > 0)
        .Select(found => $"{found.Id}: {found.Change}");

    private static string Of(WaitAction wait, AccountInfo account, Instant now) => wait switch
    {
        { TimeOfDay: { } daily } when WaitTime.TryReadTime(daily.Time, out var time) =>
            ClockChange.DescribeNext(time, daily.Weekdays, WaitTime.ZoneOf(wait, account, ""), now, What),
        { Moment: { } once } when WaitTime.TryReadMoment(once.Time, out var moment) =>
            ClockChange.Describe(moment, WaitTime.ZoneOf(wait, account, ""), What),
        _ => "",
    };
}
