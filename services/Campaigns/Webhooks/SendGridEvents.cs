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
        UserAgent = e.Text("useragent"),
        ByMachine = e.Is("sg_machine_open"),
    });

    private static EventType Type(JsonElement e) => e.Text("event") switch
    {
        "processed" => EventType.Queued,
        "delivered" => EventType.Delivered,
        "dropped" => Dropped(e.Text("reason") ?? ""),
        "bounce" => EventType.Bounced,
        "deferred" => EventType.Deferred,
        "open" => EventType.Opened,
        "click" => EventType.Clicked,
        "spamreport" => EventType.Complained,
        "unsubscribe" or "group_unsubscribe" => EventType.Unsubscribed,
        "group_resubscribe" => EventType.Subscribed,
        _ => EventType.Unknown,
    };

    // A message that was not sent because of what SendGrid knows of the address says that, as if it had been found out just now.
    private static EventType Dropped(string reason) => reason.Trim().ToLowerInvariant() switch
    {
        "bounced address" or "invalid" or "invalid address" => EventType.Bounced,
        "spam reporting address" => EventType.Complained,
        "unsubscribed address" => EventType.Unsubscribed,
        _ => EventType.Rejected,
    };
}
