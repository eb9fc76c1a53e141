using System.Text.Json;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>
/// Our own form, for every other sender: an array of
/// <c>{"type": "delivered", "message_id": "...", "email": "...", "time": "...", "event_id": "...", "detail": "...", "permanent": true}</c>.
/// </summary>
internal static class GenericEvents
{
    public static IEnumerable<ProviderEvent> Read(JsonElement payload) => ((JsonElement?)payload).Items().Select(e =>
        new ProviderEvent(System.Enum.TryParse<EventType>(e.Text("type"), ignoreCase: true, out var type) ? type : EventType.Unknown)
        {
            MessageId = e.Text("message_id"),
            Email = e.Text("email"),
            At = LooseJson.Time(e.Text("time")),
            EventId = e.Text("event_id"),
            Detail = e.Text("detail"),
            Permanent = e.At("permanent") is { ValueKind: JsonValueKind.True },
        });
}
