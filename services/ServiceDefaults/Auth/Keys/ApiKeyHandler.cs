using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Auth.Keys;

/// <summary>Checks callers that send an API key as their bearer token.</summary>
internal sealed class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private const string Bearer = "Bearer ";
    private RpcException? _refusal;

    /// <summary>Checks whether the value of an authorization header is a key.</summary>
    public static bool IsKey(string header) => header.StartsWith(Bearer + ApiKeyText.Prefix, StringComparison.OrdinalIgnoreCase);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var text = ApiKeyText.TryRead(Request.Headers[HeaderNames.Authorization].ToString()[Bearer.Length..].Trim());
        if (text is null || Context.RequestServices.GetService<ApiKeyDirectory>() is not { } directory)
        {
            return Refuse(ApiKeyCheck.Refusal("The API key is damaged."));
        }

        try
        {
            var check = new ApiKeyCheck(directory, text, time);
            var key = await check.RequireAsync(Context.RequestAborted);
            Context.Features.Set(check);
            return Accept(directory, text, key);
        }
        catch (RpcException e)
        {
            return Refuse(e);
        }
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Context.RefuseAsync(_refusal!);

    private AuthenticateResult Accept(ApiKeyDirectory directory, ApiKeyText text, KnownApiKey key)
    {
        directory.NoteUse(text.Account, key);
        var identity = new ClaimsIdentity(
            [
                new("sub", CallContextExtensions.KeyPrefix + key.Name),
                new(CallContextExtensions.AccountClaim, text.Account),
                new(CallContextExtensions.KeyClaim, $"{text.Account}_{key.KeyId.ToString(CultureInfo.InvariantCulture)}"),
                new("scope", key.Permissions),
            ],
            CallContextExtensions.KeyScheme);
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme.Name));
    }

    private AuthenticateResult Refuse(RpcException refusal)
    {
        _refusal = refusal;
        return AuthenticateResult.Fail(refusal);
    }
}
