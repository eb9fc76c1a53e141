using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>Creates the short-lived tokens with which the services call one another.</summary>
internal sealed class ServiceCredentials(string serviceName, AuthOptions options, TimeProvider time)
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(10);
    private readonly Lock _lock = new();
    private string? _token;
    private DateTimeOffset _renewAt;

    /// <summary>The value of the authorization header; null if authentication is off.</summary>
    public string? Authorization()
    {
        if (options.Mode == AuthOptions.Off || options.SigningKey is null)
        {
            return null;
        }

        lock (_lock)
        {
            if (_token is null || time.GetUtcNow() >= _renewAt)
            {
                _token = Create();
                _renewAt = time.GetUtcNow() + (s_lifetime / 2);
            }

            return $"Bearer {_token}";
        }
    }

    private string Create() => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Audience = options.Audience,
        Expires = (time.GetUtcNow() + s_lifetime).UtcDateTime,
        Claims = new Dictionary<string, object>
        {
            ["sub"] = $"service:{serviceName}",
            [CallContextExtensions.AccountClaim] = CallContextExtensions.EveryAccount,
        },
        SigningCredentials = new SigningCredentials(
            new SymmetricSecurityKey(Encoding.UTF8.GetBytes(options.SigningKey!)), SecurityAlgorithms.HmacSha256),
    });
}
