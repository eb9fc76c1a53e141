using System.Text;
using Crm.Errors.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TagSegments.ServiceDefaults.Auth.Keys;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Keys;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>Checks who calls, as <see cref="AuthOptions"/> say: users by the tokens of their issuer, programs by API keys, services by their own tokens.</summary>
internal static class AccountAuthentication
{
    private const string Users = "user";
    private const string AnyCaller = "caller";
    private const int MostSubjectLength = 255;
    private static readonly TimeSpan s_clockSkew = TimeSpan.FromSeconds(60);

    public static void AddAccountAuthentication(this WebApplicationBuilder builder, AuthOptions options)
    {
        var name = builder.Configuration["Service:Name"]!;
        var keys = new ServiceKeys(builder.Configuration);
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(new Roles(options.Roles));
        builder.Services.AddSingleton(provider => new ServiceCredentials(name, options, keys, provider.GetRequiredService<TimeProvider>()));
        if (options.Mode == AuthOptions.Off)
        {
            RefuseOpenAddresses(builder.Configuration);
            return;
        }

        Check(options, keys, builder.Configuration);
        builder.Services.AddAuthentication(AnyCaller)
            .AddPolicyScheme(AnyCaller, null, policy => policy.ForwardDefaultSelector = SchemeOf)
            .AddJwtBearer(Users, jwt => ConfigureUsers(jwt, options))
            .AddJwtBearer(CallContextExtensions.ServiceScheme, jwt => ConfigureServices(jwt, name, keys))
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(CallContextExtensions.KeyScheme, null);
        // A key that the provider has withdrawn counts no longer.
        builder.Services.PostConfigure<JwtBearerOptions>(Users, jwt =>
        {
            if (jwt.ConfigurationManager is BaseConfigurationManager keysOfProvider)
            {
                keysOfProvider.UseLastKnownGoodConfiguration = false;
            }
        });
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    public static void UseAccountAuthentication(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<AuthOptions>();
        if (options.Mode == AuthOptions.Off)
        {
            // A migration or a health check serves nobody.
            app.Lifetime.ApplicationStarted.Register(app.Logger.AuthIsOff);
            return;
        }

        app.UseAuthentication();
        app.UseAuthorization();
        app.UsePermissionCheck(app.Services.GetRequiredService<Roles>());
    }

    private static void Check(AuthOptions options, ServiceKeys keys, IConfiguration configuration)
    {
        if (options.Authority is null == options.SigningKey is null)
        {
            throw new InvalidOperationException(
                "Set one of Auth:Authority and Auth:SigningKey, or Auth:Mode=off for a service that only loopback can reach.");
        }

        if (options.SigningKey is { } key)
        {
            if (Encoding.UTF8.GetByteCount(key) < 32)
            {
                throw new InvalidOperationException($"Auth:SigningKey is shorter than 32 bytes. {KeyStrength.Advice}");
            }

            KeyStrength.RequireText(key, "Auth:SigningKey", !ListenAddresses.AreLoopback(configuration));
        }

        if (keys.Own is null)
        {
            throw new InvalidOperationException(
                "Set Services:PrivateKey, the key by which the other services know this one. Make one with: openssl ecparam -name prime256v1 -genkey -noout");
        }
    }

    private static void ConfigureUsers(JwtBearerOptions jwt, AuthOptions options)
    {
        jwt.MapInboundClaims = false;
        jwt.Authority = options.Authority;
        jwt.RequireHttpsMetadata = options.Authority is { } authority && !new Uri(authority).IsLoopback;
        jwt.TokenValidationParameters.AuthenticationType = Users;
        jwt.TokenValidationParameters.ValidAudience = options.Audience;
        jwt.TokenValidationParameters.ValidateIssuer = options.Authority is not null;
        jwt.TokenValidationParameters.ClockSkew = s_clockSkew;
        jwt.TokenValidationParameters.ValidAlgorithms = options.Authority is null
            ? [SecurityAlgorithms.HmacSha256]
            : [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256];
        if (options.SigningKey is { } key)
        {
            jwt.TokenValidationParameters.IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key));
        }

        jwt.Events = Events(options.MaxTokenLifetime, context =>
        {
            CheckSubject(context);
            context.HttpContext.Features.Set(new TokenLife(context.SecurityToken.ValidTo + s_clockSkew));
        });
    }

    private static void ConfigureServices(JwtBearerOptions jwt, string name, ServiceKeys keys)
    {
        jwt.MapInboundClaims = false;
        jwt.TokenValidationParameters.AuthenticationType = CallContextExtensions.ServiceScheme;
        jwt.TokenValidationParameters.ValidAudience = name;
        jwt.TokenValidationParameters.ValidIssuers = ServiceRights.Names;
        jwt.TokenValidationParameters.ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256];
        jwt.TokenValidationParameters.ClockSkew = s_clockSkew;
        jwt.TokenValidationParameters.IssuerSigningKeyResolver = (_, token, _, _) => keys.Of(token.Issuer);
        jwt.Events = Events(TimeSpan.FromMinutes(10), context =>
        {
            if (context.SecurityToken is JsonWebToken token && token.Subject != token.Issuer)
            {
                context.Fail("A service speaks for itself only.");
            }
        });
    }

    // Histories say who did something, and name API keys and services by these prefixes. The length is that of OpenID Connect.
    private static void CheckSubject(TokenValidatedContext context)
    {
        var subject = context.SecurityToken is JsonWebToken token ? token.Subject : null;
        if (subject is not { Length: > 0 and <= MostSubjectLength } || subject.Any(char.IsControl))
        {
            context.Fail($"The token must say whose it is: \"sub\" has 1 to {MostSubjectLength} characters.");
        }
        else if (subject.StartsWith(CallContextExtensions.KeyPrefix, StringComparison.Ordinal)
            || subject.StartsWith(CallContextExtensions.ServicePrefix, StringComparison.Ordinal))
        {
            context.Fail("The subject of a user's token begins with neither \"key:\" nor \"service:\".");
        }
    }

    private static JwtBearerEvents Events(TimeSpan longest, Action<TokenValidatedContext> check) => new()
    {
        OnTokenValidated = context =>
        {
            // A time of issue in the future would make any life short.
            var now = DateTime.UtcNow;
            var issued = context.SecurityToken is JsonWebToken { IssuedAt: var at } && at > DateTime.UnixEpoch && at < now + s_clockSkew ? at : now;
            if (context.SecurityToken.ValidTo - issued > longest)
            {
                context.Fail($"The token lives longer than {longest}.");
            }

            check(context);
            return Task.CompletedTask;
        },
        OnChallenge = context =>
        {
            context.HandleResponse();
            return context.HttpContext.RefuseAsync(RpcErrors.Create(
                StatusCode.Unauthenticated, ErrorReason.Unauthenticated, Explain(context.AuthenticateFailure)));
        },
    };

    private static string Explain(Exception? failure) => failure switch
    {
        null => "The call needs a token: send the header \"authorization: Bearer TOKEN\".",
        SecurityTokenExpiredException => TokenLife.Expired,
        SecurityTokenInvalidAudienceException => "The token is for another audience.",
        AuthenticationFailureException own => own.Message,
        _ => "The token is not valid.",
    };

    // A token of a service names the service as its issuer. What a token says of itself only chooses how it is checked.
    private static string SchemeOf(HttpContext context)
    {
        const string prefix = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        if (ApiKeyHandler.IsKey(header))
        {
            return CallContextExtensions.KeyScheme;
        }

        if (!header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            return Users;
        }

        var token = header[prefix.Length..].Trim();
        var handler = new JsonWebTokenHandler();
        return handler.CanReadToken(token) && TryRead(handler, token) is { Issuer: var issuer } && ServiceRights.Names.Contains(issuer)
            ? CallContextExtensions.ServiceScheme
            : Users;
    }

    private static JsonWebToken? TryRead(JsonWebTokenHandler handler, string token)
    {
        try
        {
            return handler.ReadJsonWebToken(token);
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }

    private static void RefuseOpenAddresses(IConfiguration configuration)
    {
        var uri = new Uri(configuration["Grpc:Address"]!);
        if (!uri.IsLoopback && !configuration.GetValue("Auth:AllowOpenNetwork", false))
        {
            throw new InvalidOperationException(
                $"Auth:Mode=off is only for loopback addresses, but Grpc:Address is {uri}. Set Auth:Mode=jwt, or Auth:AllowOpenNetwork=true if the network itself is closed.");
        }
    }
}
