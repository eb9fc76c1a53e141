using System.Security.Cryptography;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TagSegments.ServiceDefaults.Keys;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.Testing;
using TagSegments.Workflows.Notifications;

namespace TagSegments.Workflows.Tests.Notifications;

/// <summary>The secrets of webhooks are sealed in the database, and sealed anew when the key is exchanged.</summary>
public sealed class SecretRotationTests : IAsyncLifetime
{
    private readonly string _first = NewKey(1);
    private readonly string _second = NewKey(2);
    private TestDatabase _test = null!;
    private NpgsqlDataSource _owner = null!;
    private ServiceDatabases _service = null!;

    public async Task InitializeAsync()
    {
        _test = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        _owner = NpgsqlDataSource.Create(_test.OwnerConnectionString);
        _service = _test.Of("workflows");
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _owner.DisposeAsync();
        await _test.DisposeAsync();
    }

    [Fact]
    public async Task Finding_11_the_database_does_not_have_a_secret_as_it_is()
    {
        var secret = await GetAsync(7, _first);

        Assert.StartsWith("1.", await StoredAsync(7), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, await StoredAsync(7), StringComparison.Ordinal);
        Assert.Equal(secret, await GetAsync(7, _first));
    }

    [Fact]
    public async Task A_secret_of_an_earlier_version_stays_and_is_sealed()
    {
        await StoreAsync(8, "0123abcd");
        Assert.Equal("0123abcd", await GetAsync(8, _first));

        await RotateAsync(_first);

        Assert.StartsWith("1.", await StoredAsync(8), StringComparison.Ordinal);
        Assert.Equal("0123abcd", await GetAsync(8, _first));
    }

    [Fact]
    public async Task After_an_exchange_every_secret_has_the_new_key_and_the_old_one_can_go()
    {
        var secrets = new Dictionary<int, string>();
        for (var account = 1; account <= 1_100; account++)
        {
            secrets[account] = $"secret {account}";
            await StoreAsync(account, Sealing(_first).Seal(account, secrets[account]));
        }

        Assert.Equal((1_100, 0), await RotateAsync($"{_second} {_first}"));

        Assert.Equal((0, 0), await RotateAsync($"{_second} {_first}"));
        foreach (var (account, secret) in secrets)
        {
            Assert.Equal(secret, Sealing(_second).Open(account, await StoredAsync(account)));
        }
    }

    [Fact]
    public async Task A_secret_that_cannot_be_opened_stays_for_the_key_that_can_and_keeps_no_other_back()
    {
        await StoreAsync(21, Sealing(_first).Seal(21, "lost"));
        await StoreAsync(22, "plain");

        Assert.Equal((1, 1), await RotateAsync(_second));

        var error = await Assert.ThrowsAsync<SecretSealedException>(() => GetAsync(21, _second));
        Assert.Contains("key 1 of Keys:Secrets", error.Message, StringComparison.Ordinal);
        Assert.Equal("lost", await GetAsync(21, _first));
        Assert.Equal("plain", await GetAsync(22, _second));
    }

    [Fact]
    public async Task A_secret_that_is_copied_to_another_account_is_worthless()
    {
        await StoreAsync(31, Sealing(_first).Seal(30, "of another account"));

        await Assert.ThrowsAsync<SecretSealedException>(() => GetAsync(31, _first));
    }

    private Task<string> GetAsync(int account, string ring) =>
        new WebhookSecrets(_service.Accounts, Sealing(ring), new MemoryBudget(1_000_000, TimeSpan.FromMinutes(1), TimeProvider.System)).GetAsync(account, CancellationToken.None);

    private Task<(int SealedAnew, int Kept)> RotateAsync(string ring) => new SecretRotation(
        "workflows.webhook_secret", Sealing(ring), _service.Work, NullLogger<SecretRotation>.Instance).RotateAsync(CancellationToken.None);

    private async Task StoreAsync(int account, string secret)
    {
        await using var connection = await _owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "INSERT INTO workflows.webhook_secret (account_id, secret) VALUES (@account, @secret)", new { account, secret });
    }

    private async Task<string> StoredAsync(int account)
    {
        await using var connection = await _owner.OpenConnectionAsync();
        return await connection.QuerySingleAsync<string>("SELECT secret FROM workflows.webhook_secret WHERE account_id = @account", new { account });
    }

    private static string NewKey(int id) => $"{id}:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";

    private static AccountSecrets Sealing(string ring) => new(
        KeyRing.From(new ConfigurationBuilder().AddInMemoryCollection([new("Keys:Secrets", ring)]).Build(), KeyRing.Secrets), "webhook");
}
