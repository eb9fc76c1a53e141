using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace TagSegments.Testing.Auth;

/// <summary>Makes tokens as the services make them for one another, right ones and wrong ones.</summary>
public static class ServiceTokens
{
    /// <summary>
    /// Makes the token by which <paramref name="service"/> calls <paramref name="target"/>, signed with the key of <paramref name="signer"/> or
    /// its own.
    /// </summary>
    public static string Create(
        Service service, Service target, string account = "*", Service? signer = null, string? subject = null, TimeSpan? life = null, string? user = null)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(ServiceKeyPairs.Private(signer ?? service));
        var name = service.ToString().ToLowerInvariant();
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = name,
            Audience = target.ToString().ToLowerInvariant(),
            IssuedAt = DateTime.UtcNow,
            Expires = DateTime.UtcNow + (life ?? TimeSpan.FromMinutes(5)),
            Claims = new Dictionary<string, object> { ["sub"] = subject ?? name, ["account"] = account, ["user"] = user! }
                .Where(claim => claim.Value is not null)
                .ToDictionary(),
            SigningCredentials = new(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256),
        });
    }
}
