using System.Diagnostics.Metrics;
using TagSegments.Campaigns.Ledger;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns;

/// <summary>The metrics of the campaign service, in the meter <c>TagSegments.Campaigns</c>.</summary>
internal static class CampaignMetrics
{
    private static readonly Meter s_meter = new("TagSegments.Campaigns");

    private static readonly Counter<long> s_messages = s_meter.CreateCounter<long>(
        "campaigns.messages", "{message}", "Messages by what became of them, as stored in the ledger: the attribute campaigns.outcome.");

    private static readonly Counter<long> s_tracked = s_meter.CreateCounter<long>(
        "campaigns.tracked", "{request}", "Requests for links and pixels by what became of them: the attribute campaigns.tracking_outcome.");

    private static readonly UpDownCounter<int> s_waiting = s_meter.CreateUpDownCounter<int>(
        "campaigns.waiting_connections", "{connection}", "Connections to the mail server that cannot be made and are tried again and again.");

    private static readonly UpDownCounter<int> s_queued = s_meter.CreateUpDownCounter<int>(
        "campaigns.queued_messages", "{message}", "Messages that wait in the process for a lane.");

    /// <summary>Shows the metrics before anything happens.</summary>
    public static void Announce()
    {
        Waiting(0);
        Queued(0);
        foreach (var state in new[] { State.Accepted, State.Deferred, State.Failed, State.Skipped, State.Unknown })
        {
            Count(state, 0);
        }

        Array.ForEach(Enum.GetValues<TrackingOutcome>(), outcome => Track(outcome, 0));
    }

    /// <summary>Counts messages that begin, or with -1 cease, to wait for a lane.</summary>
    public static void Queued(int change) => s_queued.Add(change);

    /// <summary>Counts connections to the mail server that begin, or with -1 cease, to be tried again and again.</summary>
    public static void Waiting(int change) => s_waiting.Add(change);

    /// <summary>Counts a request for a link of a message.</summary>
    public static void Tracked(TrackingOutcome outcome) => Track(outcome, 1);

    /// <summary>Counts outcomes that were stored.</summary>
    public static void Count(IEnumerable<StoredOutcome> stored)
    {
        foreach (var outcomes in stored.CountBy(outcome => outcome.State))
        {
            Count((State)outcomes.Key, outcomes.Value);
        }
    }

    private static void Count(State state, int messages) => s_messages.Add(messages, new KeyValuePair<string, object?>("campaigns.outcome", state.ToString()));

    private static void Track(TrackingOutcome outcome, int requests) =>
        s_tracked.Add(requests, new KeyValuePair<string, object?>("campaigns.tracking_outcome", outcome.ToString()));
}

/// <summary>What became of the request for a link of a message. The answer is the same.</summary>
internal enum TrackingOutcome
{
    /// <summary>It was recorded.</summary>
    Recorded,

    /// <summary>One of the same link was recorded less than a minute before.</summary>
    Repeated,

    /// <summary>The account, or the process, has too many.</summary>
    OverLimit,
}
