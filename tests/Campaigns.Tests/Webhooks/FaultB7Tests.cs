using System.Text.Json;
using TagSegments.Campaigns.Webhooks;
using Bounce = Crm.Activity.V1.Activity.Types.Bounce;

namespace TagSegments.Campaigns.Tests.Webhooks;

/// <summary>
/// Fault B7 of the page of faults: nothing was recorded of a message that the provider had not sent because its address had bounced. It is a bounce, and
/// a complaint or a refusal that the provider remembers is one.
/// </summary>
public sealed class FaultB7Tests
{
    [Theory]
    [InlineData("sendgrid", nameof(EventType.Bounced), Bounce.Hard, """[{"event": "dropped", "reason": "Bounced Address"}]""")]
    [InlineData("sendgrid", nameof(EventType.Bounced), Bounce.Hard, """[{"event": "dropped", "reason": "Invalid"}]""")]
    [InlineData("sendgrid", nameof(EventType.Complained), Bounce.Hard, """[{"event": "dropped", "reason": "Spam Reporting Address"}]""")]
    [InlineData("sendgrid", nameof(EventType.Unsubscribed), Bounce.Hard, """[{"event": "dropped", "reason": "Unsubscribed Address"}]""")]
    [InlineData("sendgrid", nameof(EventType.Rejected), Bounce.Hard, """[{"event": "dropped", "reason": "Recipient List over Package Quota"}]""")]
    [InlineData("sendgrid", nameof(EventType.Rejected), Bounce.Hard, """[{"event": "dropped"}]""")]
    [InlineData("mailgun", nameof(EventType.Bounced), Bounce.Hard, """{"event-data": {"event": "failed", "severity": "permanent", "reason": "suppress-bounce"}}""")]
    [InlineData("mailgun", nameof(EventType.Complained), Bounce.Hard, """{"event-data": {"event": "failed", "severity": "permanent", "reason": "suppress-complaint"}}""")]
    [InlineData("mailgun", nameof(EventType.Unsubscribed), Bounce.Hard, """{"event-data": {"event": "failed", "severity": "permanent", "reason": "suppress-unsubscribe"}}""")]
    [InlineData("mailgun", nameof(EventType.Bounced), Bounce.Hard, """{"event": "dropped", "reason": "hardfail", "recipient": "a@x.example"}""")]
    [InlineData("mailgun", nameof(EventType.Bounced), Bounce.Soft, """{"event": "dropped", "reason": "old", "recipient": "a@x.example"}""")]
    [InlineData("mailgun", nameof(EventType.Bounced), Bounce.Hard, """{"event": "dropped", "reason": "hardfail", "code": "605"}""")]
    [InlineData("mailgun", nameof(EventType.Unsubscribed), Bounce.Hard, """{"event": "dropped", "reason": "hardfail", "code": "606"}""")]
    [InlineData("mailgun", nameof(EventType.Complained), Bounce.Hard, """{"event": "dropped", "reason": "hardfail", "code": "607"}""")]
    [InlineData("mailgun", nameof(EventType.Bounced), Bounce.Hard, """{"event-data": {"event": "failed", "severity": "permanent", "delivery-status": {"code": 605}}}""")]
    [InlineData("mailgun", nameof(EventType.Rejected), Bounce.Hard, """{"event": "dropped", "reason": "espblock", "recipient": "a@x.example"}""")]
    [InlineData("sparkpost", nameof(EventType.Bounced), Bounce.Hard, """[{"msys": {"message_event": {"type": "policy_rejection", "raw_reason": "554 5.7.1 [internal] recipient address suppressed due to customer policy"}}}]""")]
    [InlineData("sparkpost", nameof(EventType.Bounced), Bounce.Hard, """[{"msys": {"gen_event": {"type": "generation_rejection", "reason": "554 5.7.1 [internal] Recipient address was suppressed due to system policy"}}}]""")]
    [InlineData("sparkpost", nameof(EventType.Rejected), Bounce.Unspecified, """[{"msys": {"message_event": {"type": "policy_rejection", "raw_reason": "550 5.7.0 spam"}}}]""")]
    [InlineData("ses", nameof(EventType.Bounced), Bounce.Hard, """{"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList"}}""")]
    [InlineData("postmark", nameof(EventType.Failed), Bounce.Unspecified, """{"RecordType": "Bounce", "Type": "TemplateRenderingFailed"}""")]
    public void FaultB7_what_a_provider_knows_of_an_address_is_what_it_says(string provider, string type, Bounce bounce, string payload)
    {
        using var document = JsonDocument.Parse(payload);

        var read = Assert.Single(WebhookProvider.Find(provider)!.Read(document.RootElement));

        Assert.Equal((type, bounce), (read.Type.ToString(), read.Bounce));
    }

    // Fault B6: what providers report of programs is that of programs.
    [Theory]
    [InlineData("sendgrid", true, """[{"event": "open", "useragent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "sg_machine_open": true}]""")]
    [InlineData("sendgrid", true, """[{"event": "open", "useragent": "Mozilla/5.0"}]""")]
    [InlineData("sendgrid", false, """[{"event": "open", "useragent": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", "sg_machine_open": false}]""")]
    [InlineData("mailgun", true, """{"event-data": {"event": "opened", "client-info": {"bot": "apple", "user-agent": "Mozilla/5.0 (x)"}}}""")]
    [InlineData("mailgun", true, """{"event-data": {"event": "clicked", "client-info": {"user-agent": "curl/8.5.0"}}}""")]
    [InlineData("mailgun", false, """{"event-data": {"event": "opened", "client-info": {"bot": "gmail"}}}""")]
    [InlineData("postmark", true, """{"RecordType": "Open", "UserAgent": "python-requests/2.31.0"}""")]
    [InlineData("postmark", false, """{"RecordType": "Open"}""")]
    [InlineData("ses", true, """{"eventType": "Open", "open": {"userAgent": "Mozilla/5.0"}}""")]
    [InlineData("sparkpost", true, """[{"msys": {"track_event": {"type": "open", "is_prefetched": true}}}]""")]
    [InlineData("generic", true, """[{"type": "opened", "machine": true}]""")]
    [InlineData("generic", false, """[{"type": "opened", "user_agent": "Mozilla/5.0 (Linux; Android 8.0.0; CUBOT_P20) Chrome/80 Mobile Safari/537.36"}]""")]
    public void FaultB6_programs_that_providers_report_are_machines(string provider, bool expected, string payload)
    {
        using var document = JsonDocument.Parse(payload);

        Assert.Equal(expected, Assert.Single(WebhookProvider.Find(provider)!.Read(document.RootElement)).IsMachine);
    }
}
