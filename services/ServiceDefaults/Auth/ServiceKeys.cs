using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.Tokens;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>
/// The keys by which services know each other. Each has a private key of its own, <c>Services:PrivateKey</c> (PEM, P-256), and the public keys
/// of those that call it, <c>Services:PublicKeys:NAME</c>. A service that is taken over can speak for itself only. While keys are exchanged,
/// a public key may be several, one PEM block after the other.
/// </summary>
internal sealed class ServiceKeys
{
    private readonly Dictionary<string, List<SecurityKey>> _publicKeys = [];

    public ServiceKeys(IConfiguration configuration)
    {
        if (configuration["Services:PrivateKey"] is { Length: > 0 } pem)
        {
            var key = ECDsa.Create();
            key.ImportFromPem(pem);
            Own = new SigningCredentials(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256);
        }

        foreach (var service in ServiceRights.Names)
        {
            _publicKeys[service] = [.. Read(configuration[$"Services:PublicKeys:{service}"] ?? "")];
        }
    }

    /// <summary>Signs this service's tokens; null if it has no key.</summary>
    public SigningCredentials? Own { get; }

    /// <summary>Gets the keys that tokens of a service may be signed with.</summary>
    public IEnumerable<SecurityKey> Of(string issuer) => _publicKeys.GetValueOrDefault(issuer) ?? [];

    private static IEnumerable<SecurityKey> Read(string pem)
    {
        while (PemEncoding.TryFind(pem, out var fields))
        {
            var key = ECDsa.Create();
            key.ImportFromPem(pem.AsSpan(fields.Location));
            pem = pem[fields.Location.End..];
            yield return new ECDsaSecurityKey(key);
        }
    }
}
