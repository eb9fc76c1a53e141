using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Tokens;

namespace TagSegments.Testing.Auth;

/// <summary>
/// The code flow of OpenID Connect with PKCE: a page asks the person, then the program that knows its secret and the verifier gets the tokens, once.
/// </summary>
public sealed class CodeFlow
{
    public const string AuthorizationPath = "/authorize";
    public const string TokenPath = "/token";
    public const string Client = "console";
    public const string Secret = "a secret of the console";

    private readonly ConcurrentDictionary<string, Pending> _codes = new();

    /// <summary>Makes the access token of whoever signs in.</summary>
    public Func<string> AccessToken { get; set; } = () => throw new InvalidOperationException("Nobody can sign in.");

    /// <summary>What was refused, and why.</summary>
    public ConcurrentQueue<string> Refusals { get; } = new();

    internal void Map(WebApplication app, Func<string, string, string> idToken)
    {
        app.MapGet(AuthorizationPath, Ask);
        app.MapGet($"{AuthorizationPath}/alice", Confirm);
        app.MapPost(TokenPath, (HttpRequest request) => IssueAsync(request, idToken));
    }

    private IResult Ask(HttpRequest request)
    {
        var query = request.Query;
        return query["response_type"] != "code" ? Refuse("response_type")
            : query["client_id"] != Client ? Refuse("client_id")
            : query["code_challenge_method"] != "S256" || query["code_challenge"] == "" ? Refuse("code_challenge")
            : Results.Text(
                $"<!DOCTYPE html><title>Sign in</title><h1>Sign in</h1><a href=\"{AuthorizationPath}/alice{WebUtility.HtmlEncode(request.QueryString.Value)}\">I am alice</a>", "text/html");
    }

    private IResult Confirm(HttpRequest request)
    {
        var query = request.Query;
        var code = RandomNumberGenerator.GetHexString(32);
        _codes[code] = new(query["redirect_uri"].ToString(), query["code_challenge"].ToString(), query["nonce"].ToString());
        return Results.Redirect(QueryHelpers.AddQueryString(query["redirect_uri"].ToString(), new Dictionary<string, string?> { ["code"] = code, ["state"] = query["state"] }));
    }

    private async Task<IResult> IssueAsync(HttpRequest request, Func<string, string, string> idToken)
    {
        var form = await request.ReadFormAsync();
        if (form["client_id"] != Client || form["client_secret"] != Secret)
            return Refuse("client_secret");
        if (!_codes.TryRemove(form["code"].ToString(), out var pending) || form["redirect_uri"] != pending.RedirectUri)
            return Refuse("code");
        if (Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != pending.Challenge)
            return Refuse("code_verifier");

        return Results.Json(new { access_token = AccessToken(), id_token = idToken(Client, pending.Nonce), token_type = "Bearer", expires_in = 3_600 });
    }

    private IResult Refuse(string why)
    {
        Refusals.Enqueue(why);
        return Results.BadRequest(new { error = "invalid_request", error_description = why });
    }

    private sealed record Pending(string RedirectUri, string Challenge, string Nonce);
}
