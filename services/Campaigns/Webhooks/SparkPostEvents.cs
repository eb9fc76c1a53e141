using System.Text.Json;
using Bounce = Crm.Activity.V1.Activity.Types.Bounce;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>https://developers.sparkpost.com/api/webhooks/. Messages carry our Message-ID as metadata.</summary>
internal static class SparkPostEvents
{
    private static readonly string[] s_kinds = ["message_event", "track_event", "unsubscribe_event", "gen_event", "relay_event"];

    public static IEnumerable<ProviderEvent> Read(JsonElement payload) =>
        from item in ((JsonElement?)payload).Items()
        from e in s_kinds.Select(kind => item.At("msys", kind)).OfType<JsonElement>()
        select new ProviderEvent(Type(e))
        {
            MessageId = e.Text("rcpt_meta", "tagsegments"),
            Email = e.Text("raw_rcpt_to") ?? e.Text("rcpt_to"),
            At = LooseJson.Time(e.Text("timestamp")),
            EventId = e.Text("event_id"),
            Detail = e.Text("target_link_url") ?? e.Text("raw_reason") ?? e.Text("reason"),
            Bounce = IsSuppressed(e) ? Bounce.Hard : ClassOf(e.Text("bounce_class")),
            UserAgent = e.Text("user_agent"),
            ByMachine = e.Is("is_prefetched"),
        };

    private static EventType Type(JsonElement e) => e.Text("type") switch
    {
        "injection" => EventType.Queued,
        "delivery" => EventType.Delivered,
        "delay" => EventType.Deferred,
        "bounce" or "out_of_band" => TypeOf(e.Text("bounce_class")),
        "spam_complaint" => EventType.Complained,
        "policy_rejection" or "generation_rejection" => IsSuppressed(e) ? EventType.Bounced : EventType.Rejected,
        "generation_failure" => EventType.Failed,
        "open" or "initial_open" or "amp_open" or "amp_initial_open" => EventType.Opened,
        "click" or "amp_click" => EventType.Clicked,
        "list_unsubscribe" or "link_unsubscribe" => EventType.Unsubscribed,
        _ => EventType.Unknown,
    };

    // "554 5.7.1 recipient address suppressed due to customer policy": SparkPost knows that nothing gets there.
    private static bool IsSuppressed(JsonElement e) =>
        e.Text("type") is "policy_rejection" or "generation_rejection"
        && (e.Text("raw_reason") ?? e.Text("reason") ?? "").Contains("recipient address", StringComparison.OrdinalIgnoreCase)
        && (e.Text("raw_reason") ?? e.Text("reason") ?? "").Contains("suppressed", StringComparison.OrdinalIgnoreCase);

    // https://support.sparkpost.com/docs/deliverability/bounce-classification-codes: blocks are for now; undetermined and admin say nothing.
    private static Bounce ClassOf(string? bounceClass) => bounceClass switch
    {
        "10" or "30" or "90" => Bounce.Hard,
        null or "1" or "25" or "26" or "80" => Bounce.Unspecified,
        _ => Bounce.Soft,
    };

    private static EventType TypeOf(string? bounceClass) => bounceClass switch
    {
        "60" => EventType.Autoresponded,
        "80" => EventType.Subscribed,
        "90" => EventType.Unsubscribed,
        _ => EventType.Bounced,
    };
}
