using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using TagSegments.WebConsole.Calls;

namespace TagSegments.WebConsole.Security;

/// <summary>
/// Signs people in at an identity provider: OpenID Connect with the code flow and PKCE. The access token that the provider issues for the services
/// stays in the session on the server, which ends with it.
/// </summary>
/// <param name="Authority">The provider, the same as that of the services.</param>
/// <param name="ClientId">The name of the console there.</param>
/// <param name="ClientSecret">Its secret; null for a public client.</param>
/// <param name="Scope">The scopes to ask for, between spaces.</param>
/// <param name="Resource">The audience to ask for, where the provider needs it (RFC 8707); null for none.</param>
internal sealed record IdentityProvider(Uri Authority, string ClientId, string? ClientSecret, string Scope, string? Resource)
{
    public const string Path = "/sign-in/provider";

    private const string Callback = "/sign-in/callback";

    /// <summary>Reads <c>Auth:Authority</c> and the settings beside it; null without one.</summary>
    public static IdentityProvider? From(IConfiguration configuration)
    {
        if (configuration["Auth:Authority"] is not { Length: > 0 } authority)
            return null;

        var uri = new Uri(authority);
        if (uri.Scheme != Uri.UriSchemeHttps && !uri.IsLoopback)
            throw new InvalidOperationException($"Auth:Authority is {authority}: people sign in over https only.");

        return new(
            uri,
            configuration["Auth:ClientId"] ?? throw new InvalidOperationException("Set Auth:ClientId, the name of the console at Auth:Authority."),
            configuration["Auth:ClientSecret"],
            configuration["Auth:Scope"] ?? "openid",
            configuration["Auth:Resource"]);
    }

    public void AddTo(AuthenticationBuilder authentication) => authentication.AddOpenIdConnect(Configure);

    public static void Map(WebApplication app)
    {
        if (app.Services.GetService<IdentityProvider>() is not null)
        {
            app.MapGet(Path, (string? returnUrl) => Results.Challenge(
                new AuthenticationProperties { RedirectUri = LocalAddress.Of(returnUrl) }, [OpenIdConnectDefaults.AuthenticationScheme]));
        }
    }

    private void Configure(OpenIdConnectOptions options)
    {
        options.Authority = Authority.ToString();
        options.RequireHttpsMetadata = !Authority.IsLoopback;
        (options.ClientId, options.ClientSecret, options.Resource) = (ClientId, ClientSecret, Resource);
        options.Scope.Clear();
        foreach (var scope in Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            options.Scope.Add(scope);
        options.ResponseType = OpenIdConnectResponseType.Code;
        // The way back is a link: a form of another site would be refused, and would come without the cookies below.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.CallbackPath = Callback;
        options.MapInboundClaims = false;
        foreach (var cookie in new[] { options.CorrelationCookie, options.NonceCookie })
            (cookie.SameSite, cookie.SecurePolicy) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest);
        options.Events = new()
        {
            OnTokenValidated = KeepToken,
            OnRemoteFailure = context =>
            {
                context.Response.Redirect($"{SignIn.Path}?failed=true");
                context.HandleResponse();
                return Task.CompletedTask;
            },
        };
    }

    // Of the person nothing else is needed: the services read the token at each call.
    private static Task KeepToken(TokenValidatedContext context)
    {
        if (context.TokenEndpointResponse is not { AccessToken: { Length: > 0 } token } answer)
        {
            context.Fail("The identity provider issued no access token.");
            return Task.CompletedTask;
        }

        context.Principal = new ClaimsPrincipal(new ClaimsIdentity([new(Caller.TokenClaim, token)], OpenIdConnectDefaults.AuthenticationScheme));
        if (double.TryParse(answer.ExpiresIn, CultureInfo.InvariantCulture, out var seconds))
            context.Properties!.ExpiresUtc = DateTimeOffset.UtcNow.AddSeconds(seconds);
        return Task.CompletedTask;
    }
}
