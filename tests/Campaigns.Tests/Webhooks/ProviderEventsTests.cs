using System.Text.Json;
using TagSegments.Campaigns.Webhooks;
using TagSegments.Testing;
using Bounce = Crm.Activity.V1.Activity.Types.Bounce;

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

        Assert.Equal(expected, Assert.Single(WebhookProvider.Find(provider)!.Read(document.RootElement)).Type.ToString().ToLowerInvariant());
    }

    [Theory]
    [InlineData("sendgrid", Bounce.Hard, """[{"event": "bounce", "type": "bounce"}]""")]
    [InlineData("sendgrid", Bounce.Hard, """[{"event": "bounce"}]""")]
    [InlineData("sendgrid", Bounce.Soft, """[{"event": "bounce", "type": "blocked"}]""")]
    [InlineData("mailgun", Bounce.Hard, """{"event-data": {"event": "failed", "severity": "permanent", "reason": "bounce"}}""")]
    [InlineData("mailgun", Bounce.Soft, """{"event-data": {"event": "failed", "severity": "permanent", "reason": "old"}}""")]
    [InlineData("mailgun", Bounce.Hard, """{"event": "bounced", "recipient": "a@x.example"}""")]
    [InlineData("postmark", Bounce.Hard, """{"RecordType": "Bounce", "Type": "HardBounce"}""")]
    [InlineData("postmark", Bounce.Hard, """{"RecordType": "Bounce", "Type": "BadEmailAddress"}""")]
    [InlineData("postmark", Bounce.Hard, """{"RecordType": "SubscriptionChange", "SuppressSending": true, "SuppressionReason": "HardBounce"}""")]
    [InlineData("postmark", Bounce.Soft, """{"RecordType": "Bounce", "Type": "SoftBounce"}""")]
    [InlineData("postmark", Bounce.Soft, """{"RecordType": "Bounce", "Type": "Blocked"}""")]
    [InlineData("postmark", Bounce.Unspecified, """{"RecordType": "Bounce", "Type": "ManuallyDeactivated"}""")]
    [InlineData("ses", Bounce.Hard, """{"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}}""")]
    [InlineData("ses", Bounce.Soft, """{"eventType": "Bounce", "bounce": {"bounceType": "Transient"}}""")]
    [InlineData("ses", Bounce.Unspecified, """{"eventType": "Bounce", "bounce": {"bounceType": "Undetermined"}}""")]
    [InlineData("sparkpost", Bounce.Hard, """[{"msys": {"message_event": {"type": "bounce", "bounce_class": "10"}}}]""")]
    [InlineData("sparkpost", Bounce.Hard, """[{"msys": {"message_event": {"type": "out_of_band", "bounce_class": 30}}}]""")]
    [InlineData("sparkpost", Bounce.Soft, """[{"msys": {"message_event": {"type": "bounce", "bounce_class": "22"}}}]""")]
    [InlineData("sparkpost", Bounce.Soft, """[{"msys": {"message_event": {"type": "bounce", "bounce_class": "51"}}}]""")]
    [InlineData("sparkpost", Bounce.Unspecified, """[{"msys": {"message_event": {"type": "bounce", "bounce_class": "1"}}}]""")]
    [InlineData("generic", Bounce.Hard, """[{"type": "bounced", "permanent": true}]""")]
    [InlineData("generic", Bounce.Soft, """[{"type": "bounced", "permanent": false}]""")]
    [InlineData("generic", Bounce.Unspecified, """[{"type": "bounced"}]""")]
    public void Reads_the_class_of_a_bounce(string provider, Bounce expected, string payload)
    {
        using var document = JsonDocument.Parse(payload);

        var bounce = Assert.Single(WebhookProvider.Find(provider)!.Read(document.RootElement));

        Assert.Equal((EventType.Bounced, expected), (bounce.Type, bounce.Bounce));
    }

    [PublishedDataTheory]
    [MemberData(nameof(Payloads))]
    public void Tells_what_happened(string provider, string name, string expected, string payload)
    {
        using var document = JsonDocument.Parse(payload);

        var events = WebhookProvider.Find(provider)!.Read(document.RootElement).ToList();

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
            Assert.All(WebhookProvider.Find(provider)!.Read(document.RootElement), e => Assert.True(Enum.IsDefined(e.Type)));
        }
    }

    // "Rejected" there, and here what the provider knows of the address: FaultB7Tests has them.
    private static readonly HashSet<string> s_known =
    [
        "test_dropped_invalid_event", "test_dropped_bounced", "test_dropped_unsubscribed_event", "test_dropped_spam", "test_dropped_timed_out",
        "test_generation_rejection_event",
    ];

    // The same payload is "unknown" there under a setting of that project.
    private static bool IsAsserted(JsonElement entry) =>
        entry.GetProperty("expected_event_type").ValueKind == JsonValueKind.String
        && entry.GetProperty("case").GetString() is { } name && name != "test_initial_open_event_as_unknown" && !s_known.Contains(name);

    private static JsonElement.ArrayEnumerator Read(string provider) =>
        JsonDocument.Parse(File.ReadAllBytes(PublishedData.PathOf($"esp-webhook-events/{provider}.json"))).RootElement.EnumerateArray();
}
