using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Egress;
using TagSegments.ServiceDefaults.Keys;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.Testing;
using TagSegments.Workflows.Notifications;

namespace TagSegments.Workflows.Tests.Notifications;

public sealed class WebhookClientTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private static readonly AccountInfo s_account = new(4711, "acme", "UTC", 1);

    private static readonly Notification s_notification =
        new("acme", "Nurture", Guid.NewGuid(), "tell", 17, "A hot lead", DateTimeOffset.UnixEpoch);

    private ServiceDatabases _database = null!;
    private HookReceiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _database = shared.Apps.Database.Of("workflows");
        _receiver = await HookReceiver.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _receiver.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_notification_is_signed_with_the_secret_of_the_account()
    {
        var secrets = NewSecrets();
        var client = Client(secrets, allowPrivate: true);

        var status = await client.PostAsync(s_account, _receiver.Url, Make, "delivery-1", CancellationToken.None);

        Assert.Equal(204, status);
        var delivery = Assert.Single(_receiver.Deliveries);
        Assert.Equal("delivery-1", delivery.Id);
        var seconds = long.Parse(delivery.Signature.Split(',')[0][2..], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(WebhookSecrets.Sign(await secrets.GetAsync(4711, CancellationToken.None), seconds, delivery.Body), delivery.Signature);
        var body = JsonDocument.Parse(delivery.Body).RootElement;
        Assert.Equal(17, body.GetProperty("contact_id").GetInt32());
        Assert.Equal("Nurture", body.GetProperty("workflow").GetString());
    }

    [Fact]
    public async Task The_secret_of_an_account_stays_and_is_its_own()
    {
        var first = await NewSecrets().GetAsync(1001, CancellationToken.None);

        Assert.Equal(first, await NewSecrets().GetAsync(1001, CancellationToken.None));
        Assert.NotEqual(first, await NewSecrets().GetAsync(1002, CancellationToken.None));
    }

    [Fact]
    public async Task A_private_address_is_refused_when_it_is_connected_to()
    {
        var client = Client(allowPrivate: false);
        var byName = new Uri($"http://localhost:{_receiver.Url.Port}/hook");

        foreach (var url in new[] { _receiver.Url, byName })
        {
            var error = await Assert.ThrowsAsync<AddressRefusedException>(() => client.PostAsync(s_account, url, Make, "d", CancellationToken.None));
            Assert.Contains("private, local or reserved", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(_receiver.Deliveries);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        _receiver.Answer = _ => Results.Redirect(_receiver.Url.ToString(), preserveMethod: true);
        var client = Client(allowPrivate: true);

        var error = await Assert.ThrowsAsync<HttpRequestException>(
            () => client.PostAsync(s_account, _receiver.Url, Make, "d", CancellationToken.None));

        Assert.Contains("307", error.Message, StringComparison.Ordinal);
        Assert.Single(_receiver.Deliveries);
    }

    [Fact]
    public async Task A_webhook_that_hangs_is_given_up()
    {
        var client = Client(NewSecrets(), allowPrivate: true, seconds: 1);

        await Assert.ThrowsAsync<TimeoutException>(
            () => client.PostAsync(s_account, new Uri(_receiver.Url, "/slow"), Make, "d", CancellationToken.None));
    }

    private static Task<Notification> Make(CancellationToken ct) => Task.FromResult(s_notification);

    private static WebhookClient Client(WebhookSecrets secrets, bool allowPrivate, int seconds = 60)
    {
        var egress = new EgressOptions { AllowedNetworks = allowPrivate ? ["127.0.0.0/8"] : [] };
        var client = new EgressClient(egress, new DestinationLimits(egress, TimeProvider.System));
        return new(secrets, client, new NotificationOptions { WebhookSeconds = seconds }, TimeProvider.System);
    }

    private WebhookSecrets NewSecrets() => new(
        _database.Accounts,
        shared.Apps.App(Service.Workflows).Services.GetRequiredService<AccountSecrets>(),
        shared.Apps.App(Service.Workflows).Services.GetRequiredService<MemoryBudget>());

    private WebhookClient Client(bool allowPrivate) => Client(NewSecrets(), allowPrivate);
}
