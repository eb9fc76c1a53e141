using Crm.Activity.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using Provider = Crm.Activity.V1.WebhookProvider;

namespace TagSegments.Campaigns.Tests.Webhooks;

/// <summary>Finding 21 of the security review: a key with which no call of the provider could be checked is refused.</summary>
public sealed class Finding21KeyTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    private const string Key = "a signing key of mailgun";

    [Theory]
    [InlineData(Provider.Unspecified, Key, "provider")]
    [InlineData((Provider)77, Key, "provider")]
    [InlineData(Provider.Mailgun, "short", "key")]
    [InlineData(Provider.Generic, "", "key")]
    [InlineData(Provider.Postmark, "a password without a user", "key")]
    [InlineData(Provider.Sparkpost, "hook:short", "key")]
    [InlineData(Provider.Sendgrid, "no public key", "key")]
    [InlineData(Provider.Ses, "", "key")]
    [InlineData(Provider.Ses, "arn:aws:sqs:eu-west-1:123456789012:queue", "key")]
    public async Task A_key_that_is_none_of_the_provider_is_refused(Provider provider, string key, string field)
    {
        var account = await world.Apps.NewAccountAsync();
        var webhooks = new WebhookService.WebhookServiceClient(world.Apps.Channel(Service.Campaigns));

        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => webhooks.SetWebhookKeyAsync(new() { Account = account, Provider = provider, Key = key }).ResponseAsync, field);
    }

    [Theory]
    [InlineData("sendgrid", "no public key")]
    [InlineData("ses", "ses-events")]
    [InlineData("postmark", "password")]
    public void A_key_of_the_installation_that_checks_no_call_stops_the_start(string provider, string key)
    {
        var settings = CampaignWorld.Settings(mailPort: 1);
        settings[$"Webhooks:{provider}:Key"] = key;
        settings["Auth:Mode"] = "off";

        var error = Assert.Throws<InvalidOperationException>(() => CampaignsApp.Build([], settings));

        Assert.Contains($"Webhooks:{provider}:Key", error.Message, StringComparison.Ordinal);
    }
}
