using Microsoft.Extensions.Configuration;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>The settings of authentication.</summary>
internal sealed record AuthOptions
{
    /// <summary>Accepts every call. Only for loopback addresses.</summary>
    public const string Off = "off";

    /// <summary>Requires a JWT bearer token with the claims <c>sub</c> and <c>account</c>.</summary>
    public const string Jwt = "jwt";

    /// <summary><c>off</c> or <c>jwt</c>. Defaults to <c>jwt</c>.</summary>
    public string Mode { get; init; } = Jwt;

    /// <summary>The issuer that publishes its keys by OpenID discovery. One of this and <see cref="SigningKey"/> is required for <c>jwt</c>.</summary>
    public string? Authority { get; init; }

    /// <summary>The HMAC-SHA256 key of users' tokens, at least 32 bytes of UTF-8.</summary>
    public string? SigningKey { get; init; }

    /// <summary>The audience that a token must name. Defaults to <c>tagsegments</c>.</summary>
    public string Audience { get; init; } = "tagsegments";

    /// <summary>How long a token may live, from its issue to its end. Longer ones are refused.</summary>
    public TimeSpan MaxTokenLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Roles by name, with their permissions between spaces; see <see cref="Auth.Roles"/>.</summary>
    public Dictionary<string, string> Roles { get; init; } = [];

    public static AuthOptions From(IConfiguration configuration) =>
        (configuration.GetSection("Auth").Get<AuthOptions>() ?? new AuthOptions()) with
        {
            Authority = Given(configuration["Auth:Authority"]),
            SigningKey = Given(configuration["Auth:SigningKey"]),
        };

    // A deployment may have the variable without a value.
    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
