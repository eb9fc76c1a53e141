using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace TagSegments.Testing.Auth;

/// <summary>Issues the tokens of users, and says how services come to trust them.</summary>
public abstract class TokenIssuer : IAsyncDisposable
{
    public const string Audience = "tagsegments";

    /// <summary>The settings of a service that trusts this issuer.</summary>
    public abstract IReadOnlyDictionary<string, string?> Settings { get; }

    /// <summary>Signs the tokens.</summary>
    public abstract SigningCredentials Signing { get; }

    protected virtual string? Issuer => null;

    /// <summary>Creates a token for an account with permissions between spaces. The default ends in an hour.</summary>
    public string Token(string account, string scope, DateTime? expires = null, SigningCredentials? signing = null, string audience = Audience, string subject = "alice") =>
        Create(new() { ["sub"] = subject, ["account"] = account, ["scope"] = scope }, expires, signing, audience);

    /// <summary>Creates a token that says when it was issued.</summary>
    public string DatedToken(string account, string scope, DateTime issued, DateTime expires) =>
        Create(new() { ["sub"] = "alice", ["account"] = account, ["scope"] = scope }, expires, issued: issued);

    /// <summary>Creates a token with any claims.</summary>
    public string OddToken(Dictionary<string, object> claims) => Create(claims);

    /// <summary>Creates a token that names the e-mail address of its user.</summary>
    public string EmailToken(string account, string scope, string email, bool verified) =>
        Create(new() { ["sub"] = "alice", ["account"] = account, ["scope"] = scope, ["email"] = email, ["email_verified"] = verified });

    /// <summary>Creates a token with a role.</summary>
    public string RoleToken(string account, string role) => Create(new() { ["sub"] = "alice", ["account"] = account, ["role"] = role });

    public abstract ValueTask DisposeAsync();

    /// <summary>Creates a token with these claims.</summary>
    protected string Create(Dictionary<string, object> claims, DateTime? expires = null, SigningCredentials? signing = null, string audience = Audience, DateTime? issued = null)
    {
        var now = DateTime.UtcNow;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = audience,
            IssuedAt = issued ?? now.AddHours(-1),
            NotBefore = now.AddHours(-1),
            Expires = expires ?? now.AddHours(1),
            Claims = claims,
            SigningCredentials = signing ?? Signing,
        });
    }
}
