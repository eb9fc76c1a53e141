using System.Text;
using Crm.Accounts.V1;
using Grpc.Core;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TagSegments.Testing;
using TagSegments.Testing.EveryCall;

namespace TagSegments.EndToEnd.Tests.EveryCall;

/// <summary>The services with authentication, and two accounts that must not see each other.</summary>
public sealed class GuardedApps : IAsyncLifetime
{
    public const string Own = "own";
    public const string Foreign = "foreign";
    private const string Key = "a key of thirty-two bytes or more, for tests";

    public TestApps Apps { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Apps = await TestApps.StartAsync(new()
        {
            Settings = new Dictionary<string, string?> { ["Auth:Mode"] = "jwt", ["Auth:SigningKey"] = Key },
        });
        foreach (var account in new[] { Own, Foreign })
        {
            await Apps.Accounts.CreateAccountAsync(
                new CreateAccountRequest { Account = account }, new Metadata { { "authorization", $"Bearer {Token(account)}" } });
        }
    }

    public async Task DisposeAsync() => await Apps.DisposeAsync();

    /// <summary>Makes a call with one request and returns its failure, or null.</summary>
    public async Task<Failure?> CallAsync(ApiCall call, byte[] request, string? token)
    {
        var headers = token is null ? [] : new Metadata { { "authorization", $"Bearer {token}" } };
        var options = new CallOptions(headers, DateTime.UtcNow.AddSeconds(30));
        return (await call.CallAsync(Apps.Channel(call.Host).CreateCallInvoker(), options, request)).Failure;
    }

    /// <summary>A token for an account, which ends at <paramref name="expires"/> or in an hour.</summary>
    public static string Token(string account, DateTime? expires = null) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Audience = "tagsegments",
        NotBefore = DateTime.UtcNow.AddHours(-1),
        Expires = expires ?? DateTime.UtcNow.AddHours(1),
        Claims = new Dictionary<string, object> { ["sub"] = "alice", ["account"] = account },
        SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Key)), SecurityAlgorithms.HmacSha256),
    });
}
