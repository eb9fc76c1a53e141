using System.Text.Json;
using Bounce = Crm.Activity.V1.Activity.Types.Bounce;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>https://postmarkapp.com/developer/webhooks/webhooks-overview. Messages carry our Message-ID as metadata.</summary>
internal static class PostmarkEvents
{
    public static IEnumerable<ProviderEvent> Read(JsonElement payload)
    {
        yield return new ProviderEvent(Type(payload))
        {
            MessageId = payload.Text("Metadata", "tagsegments"),
            Email = payload.Text("Recipient") ?? payload.Text("Email"),
            At = LooseJson.Time(
                payload.Text("DeliveredAt") ?? payload.Text("ReceivedAt") ?? payload.Text("BouncedAt") ?? payload.Text("ChangedAt")),
            EventId = EventId(payload),
            Detail = payload.Text("OriginalLink") ?? payload.Text("Details") ?? payload.Text("Description"),
            Bounce = ClassOf(payload.Text("Type") ?? payload.Text("SuppressionReason")),
            UserAgent = payload.Text("UserAgent"),
        };
    }

    // Only bounces have an id of their own.
    private static string? EventId(JsonElement payload) => payload.Text("ID") is { } id
        ? $"{payload.Text("RecordType")} {id}"
        : $"{payload.Text("RecordType")} {payload.Text("MessageID")} {payload.Text("ReceivedAt") ?? payload.Text("DeliveredAt") ?? payload.Text("ChangedAt")}";

    private static EventType Type(JsonElement payload) => payload.Text("RecordType") switch
    {
        "Delivery" => EventType.Delivered,
        "Open" => EventType.Opened,
        "Click" => EventType.Clicked,
        "SpamComplaint" => EventType.Complained,
        "Bounce" => TypeOf(payload.Text("Type")),
        "SubscriptionChange" => Change(payload),
        _ => EventType.Unknown,
    };

    // See https://postmarkapp.com/developer/api/bounce-api#bounce-types
    private static Bounce ClassOf(string? type) => type switch
    {
        "HardBounce" or "BadEmailAddress" => Bounce.Hard,
        "SoftBounce" or "Transient" or "DnsError" or "Blocked" or "SpamNotification" or "VirusNotification" or "DMARCPolicy" => Bounce.Soft,
        _ => Bounce.Unspecified,
    };

    private static EventType TypeOf(string? type) => type switch
    {
        "Transient" or "DnsError" => EventType.Deferred,
        "AutoResponder" or "ChallengeVerification" => EventType.Autoresponded,
        "Unsubscribe" => EventType.Unsubscribed,
        "Subscribe" => EventType.Subscribed,
        "SpamComplaint" => EventType.Complained,
        // Nothing was sent, and nothing is known of the address.
        "SMTPApiError" or "InboundError" or "TemplateRenderingFailed" => EventType.Failed,
        "AddressChange" or "OpenRelayTest" => EventType.Unknown,
        _ => EventType.Bounced,
    };

    private static EventType Change(JsonElement payload) => payload.Text("SuppressionReason") switch
    {
        _ when payload.At("SuppressSending") is { ValueKind: JsonValueKind.False } => EventType.Subscribed,
        "HardBounce" => EventType.Bounced,
        "SpamComplaint" => EventType.Complained,
        _ => EventType.Unsubscribed,
    };
}
