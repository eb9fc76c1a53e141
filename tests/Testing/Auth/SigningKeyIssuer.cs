using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace TagSegments.Testing.Auth;

/// <summary>Issues tokens with a key that the services share: <c>Auth:SigningKey</c>.</summary>
public sealed class SigningKeyIssuer : TokenIssuer
{
    private const string Key = "a key of thirty-two bytes or more, for tests";

    public override IReadOnlyDictionary<string, string?> Settings { get; } =
        new Dictionary<string, string?> { ["Auth:Mode"] = "jwt", ["Auth:SigningKey"] = Key };

    public override SigningCredentials Signing { get; } =
        new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Key)), SecurityAlgorithms.HmacSha256);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
