using System.Net;
using System.Text;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Webhooks;

/// <summary>Finding 15 for JSON: whatever is posted is refused, by anybody and of any shape.</summary>
public sealed class HostileWebhookTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Theory]
    [InlineData("mailgun", "{\"signature\": {\"timestamp\": \"\\uD800\", \"token\": \"x\"}}", 1)]
    [InlineData("mailgun", "{\"\\uD800\": 1, \"signature\": {\"\\uDC00imestamp\": 1}}", 1)]
    [InlineData("ses", "{\"TopicArn\": \"\\uD800\"}", 1)]
    [InlineData("ses", "[1]", 1)]
    [InlineData("mailgun", "[", 2_000_000)]
    [InlineData("generic", "{\"a\":", 800_000)]
    [InlineData("generic", "[1],", 1_000_000)]
    [InlineData("generic", "[1]", 3_000_000)]
    [InlineData("sendgrid", "9", 4_000_000)]
    [InlineData("postmark", "\"", 1)]
    [InlineData("sparkpost", "", 1)]
    public async Task Finding_15_a_body_of_any_shape_is_refused(string provider, string part, int count)
    {
        using var http = new HttpClient();
        using var body = new StringContent(new StringBuilder().Insert(0, part, count).ToString(), Encoding.UTF8, "application/json");

        using var answer = await http.PostAsync($"{world.Apps.HttpAddress(Service.Campaigns)}/w/{provider}", body);

        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized, HttpStatusCode.RequestEntityTooLarge });
    }
}
