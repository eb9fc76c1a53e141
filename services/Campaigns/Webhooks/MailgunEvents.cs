using System.Text.Json;
using Bounce = Crm.Activity.V1.Activity.Types.Bounce;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>https://documentation.mailgun.com/docs/mailgun/user-manual/events/events, and the flat form of the older webhooks.</summary>
internal static class MailgunEvents
{
    // The reason of a permanent failure after temporary ones alone: the server could not be reached for hours.
    private const string GaveUp = "old";

    public static IEnumerable<ProviderEvent> Read(JsonElement payload)
    {
        var e = payload.At("event-data") ?? payload;
        yield return new ProviderEvent(Type(e))
        {
            MessageId = e.Text("message", "headers", "message-id") ?? e.Text("Message-Id"),
            Email = e.Text("recipient"),
            At = LooseJson.Time(e.Text("timestamp")),
            EventId = e.Text("id") ?? e.Text("token"),
            Detail = e.Text("url") ?? e.Text("delivery-status", "message") ?? e.Text("error") ?? e.Text("description") ?? e.Text("reason"),
            Bounce = e.Text("severity") == "temporary" || e.Text("reason") == GaveUp ? Bounce.Soft : Bounce.Hard,
            UserAgent = e.Text("client-info", "user-agent") ?? e.Text("user-agent"),
            // The proxy of Gmail fetches when a person opens the message, the one of Apple when it arrives.
            ByMachine = e.Text("client-info", "bot") is "apple",
        };
    }

    private static EventType Type(JsonElement e) => e.Text("event") switch
    {
        "accepted" => EventType.Queued,
        "delivered" => EventType.Delivered,
        "failed" or "dropped" when Known(e) is { } known => known,
        "dropped" when e.Text("reason") is "hardfail" or GaveUp => EventType.Bounced,
        "rejected" or "dropped" => EventType.Rejected,
        "failed" => e.Text("severity") == "permanent" ? EventType.Bounced : EventType.Deferred,
        "bounced" => EventType.Bounced,
        "opened" => EventType.Opened,
        "clicked" => EventType.Clicked,
        "complained" => EventType.Complained,
        "unsubscribed" => EventType.Unsubscribed,
        _ => EventType.Unknown,
    };

    // A message that was not sent because of what Mailgun knows of the address; the older webhooks say so by a code.
    private static EventType? Known(JsonElement e) => (e.Text("reason"), e.Text("code") ?? e.Text("delivery-status", "code")) switch
    {
        ("suppress-bounce", _) or (_, "605") => EventType.Bounced,
        ("suppress-unsubscribe", _) or (_, "606") => EventType.Unsubscribed,
        ("suppress-complaint", _) or (_, "607") => EventType.Complained,
        _ => null,
    };
}
