using System.Text;
using Grpc.Core;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>Marks the calls by which the services call one another, with the service's name and a short-lived token.</summary>
internal sealed class ServiceCredentials(string serviceName, AuthOptions options, TimeProvider time)
{
    private const string ServiceHeader = "tagsegments-service";
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(10);
    private readonly Lock _lock = new();
    private string? _token;
    private DateTimeOffset _renewAt;

    /// <summary>Adds the service's name, and its token unless authentication is off.</summary>
    public void AddTo(Metadata metadata)
    {
        metadata.Add(ServiceHeader, serviceName);
        if (Authorization() is { } authorization)
        {
            metadata.Add("authorization", authorization);
        }
    }

    /// <summary>Checks whether a call comes from a service: it says so, and may use every account.</summary>
    public bool IsFromService(ServerCallContext context) =>
        context.GetHttpContext() is { } http && http.Request.Headers.ContainsKey(ServiceHeader)
        && (options.Mode == AuthOptions.Off || http.User.HasClaim(CallContextExtensions.AccountClaim, CallContextExtensions.EveryAccount));

    private string? Authorization()
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
