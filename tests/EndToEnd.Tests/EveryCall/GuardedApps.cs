using Crm.Accounts.V1;
using Crm.Auth.V1;
using Grpc.Core;
using TagSegments.Testing;
using TagSegments.Testing.Auth;
using TagSegments.Testing.EveryCall;

namespace TagSegments.EndToEnd.Tests.EveryCall;

/// <summary>The services with authentication, and two accounts that must not see each other.</summary>
public abstract class GuardedApps : IAsyncLifetime
{
    public const string Own = "own";
    public const string Foreign = "foreign";

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
    }

    public async Task DisposeAsync()
    {
        await Apps.DisposeAsync();
        await Issuer.DisposeAsync();
    }

    /// <summary>Makes a call with one request and returns its failure, or null.</summary>
    internal async Task<Failure?> CallAsync(ApiCall call, byte[] request, string? token)
    {
        var options = new CallOptions(token is null ? [] : Headers(token), DateTime.UtcNow.AddSeconds(30));
        return (await call.CallAsync(Apps.Channel(call.Host).CreateCallInvoker(), options, request)).Failure;
    }

    /// <summary>A token of the own account with the permission of a call and no other.</summary>
    internal string TokenFor(ApiCall call) => call.Permission is Permission.Internal
        ? ServiceTokens.Create(Service.Campaigns, call.Host, Own)
        : Issuer.Token(Own, ScopeOf(call.Permission));

    internal static Metadata Headers(string token) => new() { { "authorization", $"Bearer {token}" } };

    internal static string ScopeOf(params IEnumerable<Permission> permissions) =>
        string.Join(' ', permissions.Select(permission => permission.ToString() switch
        {
            var name => string.Concat(name.Select((letter, i) => char.IsUpper(letter) && i > 0 ? $".{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}")),
        }));

    protected abstract Task<TokenIssuer> StartIssuerAsync();
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
