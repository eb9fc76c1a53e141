using Crm.Workflows.V1;
using NodaTime;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.Workflows.Definitions;

namespace TagSegments.Workflows.Tests.Definitions;

/// <summary>Fault B10: waits whose time a change of clocks leaves out or repeats are named when a workflow is checked and published.</summary>
public sealed class FaultB10Tests
{
    private static readonly AccountInfo s_account = new(1, "acme", "Europe/Vienna", 1);
    private static readonly Instant s_now = Instant.FromUtc(2026, 11, 30, 6, 0);

    [Fact]
    public void Waits_are_named_by_their_nodes()
    {
        var definition = new Definition
        {
            Nodes =
            {
                Node("once", new WaitAction { Moment = new Moment { Time = "2027-03-28T02:30" } }),
                Node("daily", new WaitAction { TimeOfDay = new TimeOfDay { Time = "02:15" } }),
                Node("abroad", new WaitAction { Moment = new Moment { Time = "2027-03-14T02:30", Zone = "America/New_York" } }),
                Node("sundays", new WaitAction { TimeOfDay = new TimeOfDay { Time = "02:30", Weekdays = { 7 } } }),
                Node("mondays", new WaitAction { TimeOfDay = new TimeOfDay { Time = "02:30", Weekdays = { 1 } } }),
                Node("morning", new WaitAction { TimeOfDay = new TimeOfDay { Time = "09:00" } }),
                Node("period", new WaitAction { Period = new() { Count = 3, Unit = Crm.Segments.V1.TimeUnit.Day } }),
                new Node { Id = "end", End = new EndAction() },
            },
        };

        Assert.Equal(
            [
                "once: 02:30 does not exist on 2027-03-28 in Europe/Vienna; the wait ends at 03:30",
                "daily: 02:15 does not exist on 2027-03-28 in Europe/Vienna; the wait ends at 03:15",
                "abroad: 02:30 does not exist on 2027-03-14 in America/New_York; the wait ends at 03:30",
                "sundays: 02:30 does not exist on 2027-03-28 in Europe/Vienna; the wait ends at 03:30",
            ],
            WaitClockChanges.Of(definition, s_account, s_now));
    }

    private static Node Node(string id, WaitAction wait) => new() { Id = id, Wait = wait };
}
