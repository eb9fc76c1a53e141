using Microsoft.Extensions.Caching.Memory;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>What a service tells another one about a call: for which account it acts, and for which user if any.</summary>
internal sealed record ActingFor(string Audience, string Account, string? User);

/// <summary>Creates the short-lived tokens with which the services call one another.</summary>
internal sealed class ServiceCredentials(string serviceName, AuthOptions options, ServiceKeys keys, TimeProvider time) : IDisposable
{
    private const int MostKept = 10_000;
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(5);
    private readonly MemoryCache _tokens = new(new MemoryCacheOptions { SizeLimit = MostKept });

    /// <summary>The name of this service.</summary>
    public string Service => serviceName;

    /// <summary>Gets the value of the authorization header; null if authentication is off.</summary>
    public string? Authorization(ActingFor acting) => options.Mode == AuthOptions.Off
        ? null
        : _tokens.GetOrCreate(acting, entry =>
        {
            entry.Size = 1;
            entry.AbsoluteExpirationRelativeToNow = s_lifetime / 2;
            return $"Bearer {Create(acting)}";
        });

    public void Dispose() => _tokens.Dispose();

    private string Create(ActingFor acting)
    {
        var claims = new Dictionary<string, object> { ["sub"] = serviceName, [CallContextExtensions.AccountClaim] = acting.Account };
        if (acting.User is { } user)
        {
            claims[CallContextExtensions.UserClaim] = user;
        }

        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = serviceName,
            Audience = acting.Audience,
            IssuedAt = time.GetUtcNow().UtcDateTime,
            NotBefore = time.GetUtcNow().UtcDateTime,
            Expires = (time.GetUtcNow() + s_lifetime).UtcDateTime,
            Claims = claims,
            SigningCredentials = keys.Own,
        });
    }
}
