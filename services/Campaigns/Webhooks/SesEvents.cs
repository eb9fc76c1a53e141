using System.Text.Json;
using Bounce = Crm.Activity.V1.Activity.Types.Bounce;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html: the notification within the SNS message.</summary>
internal static class SesEvents
{
    public static IEnumerable<ProviderEvent> Read(JsonElement payload)
    {
        var name = payload.Text("eventType") ?? payload.Text("notificationType");
        var type = Type(name);
        var about = name is null ? null : payload.At(name.ToLowerInvariant());
        foreach (var (email, detail) in Recipients(payload, about))
        {
            yield return new ProviderEvent(type)
            {
                MessageId = payload.Text("mail", "commonHeaders", "messageId") ?? Header(payload, "Message-ID"),
                Email = email,
                At = LooseJson.Time(about?.Text("timestamp") ?? payload.Text("mail", "timestamp")),
                EventId = $"{name} {payload.Text("mail", "messageId")} {about?.Text("timestamp")} {email}",
                Detail = detail ?? about?.Text("link") ?? about?.Text("smtpResponse") ?? about?.Text("reason") ?? about?.Text("errorMessage"),
                Bounce = about?.Text("bounceType") switch
                {
                    "Permanent" => Bounce.Hard,
                    "Transient" => Bounce.Soft,
                    _ => Bounce.Unspecified,
                },
                UserAgent = about?.Text("userAgent"),
            };
        }
    }

    private static EventType Type(string? name) => name switch
    {
        "Send" => EventType.Sent,
        "Delivery" => EventType.Delivered,
        "Bounce" => EventType.Bounced,
        "Complaint" => EventType.Complained,
        "Reject" => EventType.Rejected,
        "Rendering Failure" => EventType.Failed,
        "DeliveryDelay" => EventType.Deferred,
        "Open" => EventType.Opened,
        "Click" => EventType.Clicked,
        "Subscription" => EventType.Unsubscribed,
        _ => EventType.Unknown,
    };

    // Bounces and complaints list the affected recipients; other events concern all recipients of the message.
    private static IEnumerable<(string? Email, string? Detail)> Recipients(JsonElement payload, JsonElement? about)
    {
        var listed = (about?.At("bouncedRecipients") ?? about?.At("complainedRecipients")).Items().ToList();
        if (listed.Count > 0)
        {
            return listed.Select(r => (r.Text("emailAddress"), r.Text("diagnosticCode")));
        }

        var named = (about?.At("recipients") ?? payload.At("mail", "destination")).Items()
            .Where(r => r.ValueKind == JsonValueKind.String)
            .Select(r => ((string?)r.GetString(), (string?)null))
            .ToList();
        return named.Count > 0 ? named : [(null, null)];
    }

    private static string? Header(JsonElement payload, string name) => payload.At("mail", "headers").Items()
        .FirstOrDefault(h => string.Equals(h.Text("name"), name, StringComparison.OrdinalIgnoreCase)).Text("value");
}
