using System.Runtime.CompilerServices;
using System.Text.Json;
using TagSegments.Campaigns.Webhooks;

namespace TagSegments.Campaigns.Tests.Webhooks;

// Payloads that others published, with the type of event that each should give. They lie beside the repository; without them there is
// nothing to read.
public class ProviderEventsTests
{
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

    private static List<JsonElement> Read(string provider, [CallerFilePath] string here = "")
    {
        var repository = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
        var file = Path.Combine(repository, "..", "shared", "data", "esp-webhook-events", $"{provider}.json");
        return [.. JsonDocument.Parse(File.ReadAllBytes(file)).RootElement.EnumerateArray()];
    }
}
