using System.Text;
using Crm.Accounts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Host;
using TagSegments.Testing;
using TagSegments.Testing.Auth;

namespace TagSegments.ServiceDefaults.Tests;

public sealed class AuthTests
{
    private const string Key = "a key of thirty-two bytes or more, for tests";

    [Theory]
    [InlineData(null)]
    [InlineData("garbage")]
    [InlineData("wrong key")]
    [InlineData("expired")]
    [InlineData("wrong audience")]
    public async Task Without_valid_token_a_call_is_unauthenticated(string? kind)
    {
        await using var host = await StartAsync();
        var token = kind switch
        {
            null => null,
            "garbage" => "x.y.z",
            "wrong key" => Token("acme", key: "another key of thirty-two bytes or more!!"),
            "expired" => Token("acme", expires: DateTime.UtcNow.AddMinutes(-5)),
            _ => Token("acme", audience: "other"),
        };

        var error = await Expect.FailureAsync(() => CallAsync(host, "acme", token));

        Assert.Equal(StatusCode.Unauthenticated, error.Status);
    }

    [Fact]
    public async Task A_token_opens_its_own_account()
    {
        await using var host = await StartAsync();

        var response = await CallAsync(host, "acme", Token("acme"));

        Assert.Equal("alice", response.Account.Name);
    }

    [Fact]
    public async Task Another_account_looks_like_a_missing_one()
    {
        await using var host = await StartAsync();

        var error = await Expect.FailureAsync(() => CallAsync(host, "umbrella", Token("acme")));

        error.Is(StatusCode.NotFound, ErrorReason.AccountNotFound);
    }

    [Fact]
    public void Without_authentication_only_loopback_addresses_are_allowed()
    {
        var error = Assert.Throws<InvalidOperationException>(() => ServiceHost.CreateBuilder(
            "test", 0, [], new Dictionary<string, string?> { ["Auth:Mode"] = "off", ["Grpc:Address"] = "http://0.0.0.0:0" }));

        Assert.Contains("loopback", error.Message, StringComparison.Ordinal);
    }

    private static Task<TestHost> StartAsync() => TestHost.StartAsync(
        (_, context) => Task.FromResult(new GetAccountResponse { Account = new Account { Name = context.Principal() } }),
        new() { ["Auth:Mode"] = "jwt", ["Auth:SigningKey"] = Key, ["Services:PrivateKey"] = ServiceKeyPairs.Private(Service.Tags) });

    private static Task<GetAccountResponse> CallAsync(TestHost host, string account, string? token) =>
        host.Client.GetAccountAsync(
            new() { Account = account }, token is null ? [] : new Metadata { { "authorization", $"Bearer {token}" } }).ResponseAsync;

    private static string Token(string account, string key = Key, string audience = "tagsegments", DateTime? expires = null) =>
        new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Audience = audience,
            NotBefore = DateTime.UtcNow.AddHours(-1),
            Expires = expires ?? DateTime.UtcNow.AddMinutes(5),
            Claims = new Dictionary<string, object> { ["sub"] = "alice", ["account"] = account, ["role"] = "viewer" },
            SigningCredentials = new SigningCredentials(
                new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key)), SecurityAlgorithms.HmacSha256),
        });
}
