using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;
using TagSegments.Testing.Auth;

namespace TagSegments.Kubernetes.Stages;

/// <summary>The identity provider of a run: publishes its key by OpenID Connect Discovery over TLS, as a program of its own.</summary>
internal sealed class IdentityProvider(RSA key) : TokenIssuer
{
    private const string Url = "https://login.example.com";

    public override IReadOnlyDictionary<string, string?> Settings => throw new NotSupportedException("The manifests have them.");

    public override SigningCredentials Signing => new(new RsaSecurityKey(key) { KeyId = "1" }, SecurityAlgorithms.RsaSha256);

    protected override string Issuer => Url;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Serves until the program is stopped. The manifest mounts the certificate and the key.</summary>
    public static async Task<int> RunAsync()
    {
        using var key = RSA.Create();
        key.ImportFromPem(await File.ReadAllTextAsync("/key/key.pem"));
        var parameters = key.ExportParameters(includePrivateParameters: false);
        var published = new { kty = "RSA", use = "sig", kid = "1", n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) };
        using var pem = X509Certificate2.CreateFromPemFile("/certificate/tls.crt", "/certificate/tls.key");
        using var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Any, 443, listen => listen.UseHttps(certificate)));
        await using var app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = Url, jwks_uri = $"{Url}/keys", authorization_endpoint = $"{Url}/authorize", token_endpoint = $"{Url}/token" }));
        app.MapGet("/keys", () => Results.Text(JsonSerializer.Serialize(new { keys = new[] { published } }), "application/json"));
        await app.RunAsync();
        return 0;
    }
}
