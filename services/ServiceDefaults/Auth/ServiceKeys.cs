using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.Tokens;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>
/// The keys by which services know each other. Each has a private key of its own, <c>Services:PrivateKey</c>, and the public keys of all,
/// <c>Services:PublicKeys:NAME</c>: P-256, as PEM or as DER in base64. So a service that is taken over can speak for itself only. While a key is
/// exchanged, both public keys are given with a space between them.
/// </summary>
internal sealed class ServiceKeys
{
    private readonly Dictionary<string, List<SecurityKey>> _publicKeys = [];

    public ServiceKeys(IConfiguration configuration)
    {
        if (configuration["Services:PrivateKey"] is { Length: > 0 } text)
        {
            var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(Der(text, "Services:PrivateKey"), out _);
            Own = new SigningCredentials(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256);
        }

        foreach (var service in ServiceRights.Names)
        {
            var setting = $"Services:PublicKeys:{service}";
            _publicKeys[service] = [.. Split(configuration[setting] ?? "").Select(key => Public(key, setting))];
        }
    }

    /// <summary>Signs this service's tokens; null if it has no key.</summary>
    public SigningCredentials? Own { get; }

    /// <summary>Gets the keys that tokens of a service may be signed with.</summary>
    public IEnumerable<SecurityKey> Of(string issuer) => _publicKeys.GetValueOrDefault(issuer) ?? [];

    private static IEnumerable<string> Split(string keys) => PemEncoding.TryFind(keys, out _)
        ? keys.Split("-----BEGIN", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(key => $"-----BEGIN {key}")
        : keys.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static ECDsaSecurityKey Public(string text, string setting)
    {
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Der(text, setting), out _);
        return new ECDsaSecurityKey(key);
    }

    private static byte[] Der(string text, string setting)
    {
        var body = PemEncoding.TryFind(text, out var fields) ? text[fields.Base64Data] : text;
        try
        {
            return Convert.FromBase64String(body);
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException($"{setting} is neither PEM nor base64.", e);
        }
    }
}
