using System.Text.Json;
using Bounce = Crm.Activity.V1.Activity.Types.Bounce;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>
/// Our own form, for every other sender: an array of
/// <c>{"type": "delivered", "message_id": "...", "email": "...", "time": "...", "event_id": "...", "detail": "...", "permanent": true,
/// "user_agent": "...", "machine": false}</c>. Without a <c>message_id</c>, an event is about the latest message to the address.
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
            Bounce = e.At("permanent")?.ValueKind switch
            {
                JsonValueKind.True => Bounce.Hard,
                JsonValueKind.False => Bounce.Soft,
                _ => Bounce.Unspecified,
            },
            UserAgent = e.Text("user_agent"),
            ByMachine = e.Is("machine"),
        });
}
