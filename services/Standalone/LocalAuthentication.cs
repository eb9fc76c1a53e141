using System.Security.Cryptography;
using System.Text;
using Crm.Auth.V1;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TagSegments.ServiceDefaults.Auth;

namespace TagSegments.Standalone;

/// <summary>
/// Authentication on one machine (<c>--auth</c>): the services get keys, and whoever started the program gets a token for everything. All of
/// them are made at the start and end with it.
/// </summary>
internal sealed class LocalAuthentication
{
    private static readonly string[] s_services = ["tags", "segments", "campaigns", "workflows"];
    private static readonly string s_everyPermission = string.Join(
        ' ', Enum.GetValues<Permission>().Where(permission => permission is not (Permission.Unspecified or Permission.Internal)).Select(Permissions.NameOf));

    private static readonly TimeSpan s_longerThanAnyRun = TimeSpan.FromDays(365);

    private readonly string _signingKey = RandomNumberGenerator.GetHexString(64);
    private readonly Dictionary<string, ECDsa> _serviceKeys = s_services.ToDictionary(name => name, _ => ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public LocalAuthentication() => Token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Audience = "tagsegments",
        Expires = DateTime.UtcNow + s_longerThanAnyRun,
        Claims = new Dictionary<string, object> { ["sub"] = Environment.UserName, ["account"] = "*", ["scope"] = s_everyPermission },
        SigningCredentials = new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(_signingKey)), SecurityAlgorithms.HmacSha256),
    });

    /// <summary>The token of the person who started the program: every permission in every account.</summary>
    public string Token { get; }

    /// <summary>Gets the settings by which a service knows users and the other services.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Settings(string service) =>
    [
        new("Auth:Mode", "jwt"),
        new("Auth:SigningKey", _signingKey),
        new("Auth:MaxTokenLifetime", (s_longerThanAnyRun + TimeSpan.FromDays(1)).ToString()),
        new("Services:PrivateKey", _serviceKeys[service].ExportPkcs8PrivateKeyPem()),
        .. _serviceKeys.Select(key => KeyValuePair.Create<string, string?>($"Services:PublicKeys:{key.Key}", key.Value.ExportSubjectPublicKeyInfoPem())),
    ];
}
