using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;
using TagSegments.Embedded;

namespace TagSegments.Testing.Auth;

/// <summary>An identity provider on loopback: publishes its keys by OpenID Connect Discovery, can change them, and signs people in by <see cref="CodeFlow"/>.</summary>
public sealed class IdentityProvider : TokenIssuer
{
    private readonly WebApplication _app;
    private volatile List<RsaSecurityKey> _keys = [NewKey(1)];

    private IdentityProvider(WebApplication app) => _app = app;

    /// <summary>The sign-in of people at programs.</summary>
    public CodeFlow Flow { get; } = new();

    /// <summary>The address.</summary>
    public Uri Address => new(Issuer);

    public override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Auth:Mode"] = "jwt", ["Auth:Authority"] = Issuer };

    /// <summary>The newest key signs.</summary>
    public override SigningCredentials Signing => new(_keys[^1], SecurityAlgorithms.RsaSha256);

    protected override string Issuer => _app.Urls.First();

    public static async Task<IdentityProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        var app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{FreePorts.Next(1)[0].ToString(CultureInfo.InvariantCulture)}");
        var provider = new IdentityProvider(app);
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new
        {
            issuer = provider.Issuer,
            jwks_uri = $"{provider.Issuer}/keys",
            authorization_endpoint = $"{provider.Issuer}{CodeFlow.AuthorizationPath}",
            token_endpoint = $"{provider.Issuer}{CodeFlow.TokenPath}",
        }));
        app.MapGet("/keys", () => Results.Text(JsonSerializer.Serialize(new { keys = provider._keys.Select(Public) }), "application/json"));
        provider.Flow.Map(app, provider.IdToken);
        await app.StartAsync();
        return provider;
    }

    /// <summary>Signs with a new key from now on. The former ones are published no longer.</summary>
    public void ChangeKey() => _keys = [NewKey(int.Parse(_keys[^1].KeyId, CultureInfo.InvariantCulture) + 1)];

    public override ValueTask DisposeAsync() => _app.DisposeAsync();

    private string IdToken(string client, string nonce) => Create(new() { ["sub"] = "alice", ["nonce"] = nonce }, audience: client);

    private static RsaSecurityKey NewKey(int id) => new(RSA.Create(2048)) { KeyId = id.ToString(CultureInfo.InvariantCulture) };

    private static object Public(RsaSecurityKey key)
    {
        var parameters = key.Rsa.ExportParameters(includePrivateParameters: false);
        return new
        {
            kty = "RSA",
            use = "sig",
            kid = key.KeyId,
            n = Base64UrlEncoder.Encode(parameters.Modulus),
            e = Base64UrlEncoder.Encode(parameters.Exponent),
        };
    }
}
