using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>Checks who calls, as <see cref="AuthOptions"/> say.</summary>
internal static class AccountAuthentication
{
    public static void AddAccountAuthentication(this WebApplicationBuilder builder, AuthOptions options)
    {
        builder.Services.AddSingleton(provider => new ServiceCredentials(
            builder.Configuration["Service:Name"]!, options, provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(options);
        if (options.Mode == AuthOptions.Off)
        {
            RefuseOpenAddresses(builder.Configuration);
            return;
        }

        if (options.Authority is null && options.SigningKey is null)
        {
            throw new InvalidOperationException(
                "Set Auth:Authority or Auth:SigningKey, or Auth:Mode=off for a service that only loopback can reach.");
        }

        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(jwt => Configure(jwt, options));
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    public static void UseAccountAuthentication(this WebApplication app)
    {
        if (app.Services.GetRequiredService<AuthOptions>().Mode == AuthOptions.Off)
        {
            app.Logger.AuthIsOff();
            return;
        }

        app.UseAuthentication();
        app.UseAuthorization();
    }

    private static void Configure(JwtBearerOptions jwt, AuthOptions options)
    {
        jwt.MapInboundClaims = false;
        jwt.Authority = options.Authority;
        jwt.TokenValidationParameters.ValidAudience = options.Audience;
        jwt.TokenValidationParameters.ValidateIssuer = options.Authority is not null;
        jwt.TokenValidationParameters.ClockSkew = TimeSpan.FromSeconds(60);
        if (options.SigningKey is { } key)
        {
            jwt.TokenValidationParameters.ValidAlgorithms = options.Authority is null
                ? [SecurityAlgorithms.HmacSha256]
                : [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256];
            jwt.TokenValidationParameters.IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key));
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
