using System.Text.Json;
using TagSegments.Campaigns.Webhooks;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Webhooks;

public sealed class ProviderEventsTests
{
    // Payloads that others published, with the type of event that each should give.
    public static TheoryData<string, string, string, string> Payloads()
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (var (provider, file) in new[]
                 {
                     ("sendgrid", "sendgrid"), ("mailgun", "mailgun"), ("postmark", "postmark"), ("ses", "amazon_ses"), ("sparkpost", "sparkpost"),
                 })
        {
            foreach (var entry in Read(file).Where(IsAsserted))
            {
                data.Add(
                    provider, entry.GetProperty("case").GetString()!, entry.GetProperty("expected_event_type").GetString()!,
                    entry.GetProperty("payload").GetRawText());
            }
        }

        return data;
    }

    [Theory]
    [InlineData("sendgrid", "delivered", """[{"event": "delivered", "email": "a@x.example", "timestamp": 1700000000, "sg_event_id": "1"}]""")]
    [InlineData("sendgrid", "bounced", """[{"event": "bounce", "type": "bounce", "email": "a@x.example"}]""")]
    [InlineData("sendgrid", "complained", """[{"event": "spamreport", "email": "a@x.example"}]""")]
    [InlineData("mailgun", "bounced", """{"event-data": {"event": "failed", "severity": "permanent", "recipient": "a@x.example"}}""")]
    [InlineData("mailgun", "deferred", """{"event-data": {"event": "failed", "severity": "temporary", "recipient": "a@x.example"}}""")]
    [InlineData("mailgun", "clicked", """{"event-data": {"event": "clicked", "url": "https://x.example/"}}""")]
    [InlineData("postmark", "bounced", """{"RecordType": "Bounce", "Type": "HardBounce", "Email": "a@x.example", "ID": 1}""")]
    [InlineData("postmark", "opened", """{"RecordType": "Open", "Recipient": "a@x.example"}""")]
    [InlineData("ses", "bounced", """{"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "a@x.example"}]}}""")]
    [InlineData("ses", "delivered", """{"notificationType": "Delivery", "delivery": {"recipients": ["a@x.example"]}}""")]
    [InlineData("sparkpost", "complained", """[{"msys": {"message_event": {"type": "spam_complaint", "rcpt_to": "a@x.example"}}}]""")]
    [InlineData("sparkpost", "bounced", """[{"msys": {"message_event": {"type": "bounce", "bounce_class": "10"}}}]""")]
    [InlineData("generic", "unsubscribed", """[{"type": "unsubscribed", "message_id": "x"}]""")]
    public void Reads_the_events_of_each_provider(string provider, string expected, string payload)
    {
        using var document = JsonDocument.Parse(payload);

        Assert.Equal(expected, Assert.Single(WebhookEndpoints.Read(provider, document.RootElement)).Type.ToString().ToLowerInvariant());
    }

    [PublishedDataTheory]
    [MemberData(nameof(Payloads))]
    public void Tells_what_happened(string provider, string name, string expected, string payload)
    {
        using var document = JsonDocument.Parse(payload);

        var events = WebhookEndpoints.Read(provider, document.RootElement).ToList();

        Assert.NotEqual("", name);
        Assert.Contains(expected, events.Select(e => e.Type.ToString().ToLowerInvariant()));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("[1, \"x\", [], {\"event\": {}}]")]
    [InlineData("{\"event-data\": [], \"mail\": 5, \"eventType\": \"Bounce\", \"bounce\": {\"bouncedRecipients\": [null, 3]}}")]
    public void Survives_payloads_of_any_shape(string payload)
    {
        using var document = JsonDocument.Parse(payload);
        foreach (var provider in new[] { "sendgrid", "mailgun", "postmark", "ses", "sparkpost", "generic" })
        {
            Assert.All(WebhookEndpoints.Read(provider, document.RootElement), e => Assert.True(Enum.IsDefined(e.Type)));
        }
    }

    // The same payload is "unknown" there under a setting of that project.
    private static bool IsAsserted(JsonElement entry) =>
        entry.GetProperty("expected_event_type").ValueKind == JsonValueKind.String
        && entry.GetProperty("case").GetString() != "test_initial_open_event_as_unknown";

    private static JsonElement.ArrayEnumerator Read(string provider) =>
        JsonDocument.Parse(File.ReadAllBytes(PublishedData.PathOf($"esp-webhook-events/{provider}.json"))).RootElement.EnumerateArray();
}
