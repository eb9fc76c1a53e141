using System.Text.Json;
using Bounce = Crm.Activity.V1.Activity.Types.Bounce;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event</summary>
internal static class SendGridEvents
{
    public static IEnumerable<ProviderEvent> Read(JsonElement payload) => ((JsonElement?)payload).Items().Select(e => new ProviderEvent(Type(e))
    {
        MessageId = e.Text("smtp-id"),
        Email = e.Text("email"),
        At = LooseJson.Time(e.Text("timestamp")),
        EventId = e.Text("sg_event_id"),
        Detail = e.Text("url") ?? e.Text("reason") ?? e.Text("response"),
        // Blocked: the receiving server refused the message, not the address.
        Bounce = e.Text("type") == "blocked" ? Bounce.Soft : Bounce.Hard,
    });

    private static EventType Type(JsonElement e) => e.Text("event") switch
    {
        "processed" => EventType.Queued,
        "delivered" => EventType.Delivered,
        "dropped" => EventType.Rejected,
        "bounce" => EventType.Bounced,
        "deferred" => EventType.Deferred,
        "open" => EventType.Opened,
        "click" => EventType.Clicked,
        "spamreport" => EventType.Complained,
        "unsubscribe" or "group_unsubscribe" => EventType.Unsubscribed,
        "group_resubscribe" => EventType.Subscribed,
        _ => EventType.Unknown,
    };
}
