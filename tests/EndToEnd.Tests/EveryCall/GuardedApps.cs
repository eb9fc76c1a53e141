using Crm.Accounts.V1;
using Crm.Auth.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;
using TagSegments.Testing;
using TagSegments.Testing.Auth;
using TagSegments.Testing.EveryCall;

namespace TagSegments.EndToEnd.Tests.EveryCall;

/// <summary>The services with authentication, and two accounts that must not see each other.</summary>
public abstract class GuardedApps : IAsyncLifetime
{
    public const string Own = "own";
    public const string Foreign = "foreign";

    /// <summary>The permissions that a key can have.</summary>
    public static readonly Permission[] OfKeys =
        [.. System.Enum.GetValues<Permission>().Except([Permission.Unspecified, Permission.PlatformAdmin, Permission.Internal])];

    private readonly Dictionary<Permission, string> _keys = [];
    private readonly Dictionary<Permission, string> _keysWithout = [];

    public TestApps Apps { get; private set; } = null!;

    public TokenIssuer Issuer { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Issuer = await StartIssuerAsync();
        Apps = await TestApps.StartAsync(new() { Settings = Issuer.Settings });
        foreach (var account in new[] { Own, Foreign })
        {
            await Apps.Accounts.CreateAccountAsync(
                new CreateAccountRequest { Account = account }, Headers(Issuer.Token(account, ScopeOf(Permission.PlatformAdmin))));
        }

        await MakeKeysAsync();
    }

    public async Task DisposeAsync()
    {
        await Apps.DisposeAsync();
        await Issuer.DisposeAsync();
    }

    /// <summary>Makes a call with one request and returns its failure, or null.</summary>
    internal async Task<Failure?> CallAsync(ApiCall call, byte[] request, string? token)
    {
        var options = new CallOptions(token is null ? [] : Headers(token), Eventually.Deadline);
        return (await call.CallAsync(Apps.Channel(call.Host).CreateCallInvoker(), options, request)).Failure;
    }

    /// <summary>A token of the own account with the permission of a call and no other.</summary>
    internal string TokenFor(ApiCall call) => call.Permission is Permission.Internal
        ? ServiceTokens.Create(Service.Campaigns, call.Host, Own)
        : Issuer.Token(Own, ScopeOf(call.Permission));

    /// <summary>An API key of the own account with a permission and no other; null if no key can have it.</summary>
    internal string? KeyFor(Permission permission) => _keys.GetValueOrDefault(permission);

    /// <summary>An API key of the own account with all permissions but one.</summary>
    internal string KeyWithout(Permission permission) => _keysWithout[OfKeys.Contains(permission) ? permission : Permission.Unspecified];

    /// <summary>A key with all permissions that was revoked.</summary>
    internal string RevokedKey { get; private set; } = "";

    /// <summary>A key with all permissions that has ended.</summary>
    internal string ExpiredKey { get; private set; } = "";

    /// <summary>Makes an API key.</summary>
    internal async Task<CreateApiKeyResponse> NewKeyAsync(string name, params IEnumerable<Permission> permissions) => await Apps.Accounts.CreateApiKeyAsync(
        new() { Account = Own, Name = name, Permissions = { permissions }, ExpireTime = DateTime.UtcNow.AddHours(1).ToTimestamp() },
        Headers(Issuer.Token(Own, ScopeOf(OfKeys))));

    internal static Metadata Headers(string token) => new() { { "authorization", $"Bearer {token}" } };

    internal static string ScopeOf(params IEnumerable<Permission> permissions) =>
        string.Join(' ', permissions.Select(permission => permission.ToString() switch
        {
            var name => string.Concat(name.Select((letter, i) => char.IsUpper(letter) && i > 0 ? $".{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}")),
        }));

    protected abstract Task<TokenIssuer> StartIssuerAsync();

    private async Task MakeKeysAsync()
    {
        foreach (var permission in OfKeys)
        {
            _keys[permission] = (await NewKeyAsync($"only {permission}", permission)).Text;
            _keysWithout[permission] = (await NewKeyAsync($"no {permission}", OfKeys.Where(other => other != permission))).Text;
        }

        _keysWithout[Permission.Unspecified] = (await NewKeyAsync("all", OfKeys)).Text;
        var revoked = await NewKeyAsync("revoked", OfKeys);
        await Apps.Accounts.RevokeApiKeyAsync(
            new() { Account = Own, KeyId = revoked.Key.KeyId }, Headers(Issuer.Token(Own, ScopeOf(Permission.AccountAdmin))));
        RevokedKey = revoked.Text;
        var expired = await NewKeyAsync("expired", OfKeys);
        ExpiredKey = expired.Text;
        await using var connection = new NpgsqlConnection(Apps.Database.OwnerConnectionString);
        await connection.ExecuteAsync("UPDATE crm.api_key SET expires_at = now() WHERE name = 'expired'");
    }
}

/// <summary>Guarded by a key that the services share with who issues tokens.</summary>
public sealed class AppsWithSigningKey : GuardedApps
{
    protected override Task<TokenIssuer> StartIssuerAsync() => Task.FromResult<TokenIssuer>(new SigningKeyIssuer());
}

/// <summary>Guarded by an identity provider.</summary>
public sealed class AppsWithIdentityProvider : GuardedApps
{
    protected override async Task<TokenIssuer> StartIssuerAsync() => await IdentityProvider.StartAsync();
}
