using System.Text;
using Crm.Accounts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using Microsoft.IdentityModel.Tokens;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Host;
using TagSegments.ServiceDefaults.Tests.Keys;
using TagSegments.Testing;
using TagSegments.Testing.Auth;

namespace TagSegments.ServiceDefaults.Tests;

public sealed class AuthTests : IAsyncLifetime
{
    private static readonly SigningKeyIssuer s_issuer = new();
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await StartAsync(s_issuer);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("garbage")]
    [InlineData("wrong key")]
    [InlineData("expired")]
    [InlineData("wrong audience")]
    [InlineData("lives too long")]
    public async Task Without_valid_token_a_call_is_unauthenticated(string? kind)
    {
        var token = kind switch
        {
            null => null,
            "garbage" => "x.y.z",
            "wrong key" => s_issuer.Token("acme", "contacts.read", signing: SigningWith("another key of thirty-two bytes or more!!")),
            "expired" => s_issuer.Token("acme", "contacts.read", expires: DateTime.UtcNow.AddMinutes(-5)),
            "lives too long" => s_issuer.Token("acme", "contacts.read", expires: DateTime.UtcNow.AddDays(2)),
            _ => s_issuer.Token("acme", "contacts.read", audience: "other"),
        };

        await Expect.FailureAsync(StatusCode.Unauthenticated, ErrorReason.Unauthenticated, () => CallAsync(_host, "acme", token));
    }

    [Fact]
    public async Task Finding_5_a_token_does_not_live_longer_because_it_says_that_it_is_issued_later()
    {
        var now = DateTime.UtcNow;
        var early = s_issuer.DatedToken("acme", "contacts.read", issued: now.AddYears(10).AddHours(-1), expires: now.AddYears(10));
        var skewed = s_issuer.DatedToken("acme", "contacts.read", issued: now.AddSeconds(20), expires: now.AddSeconds(20).AddDays(1));

        await Expect.FailureAsync(StatusCode.Unauthenticated, ErrorReason.Unauthenticated, () => CallAsync(_host, "acme", early));
        Assert.Equal(StatusCode.OK, await Expect.StatusAsync(() => CallAsync(_host, "acme", skewed)));
    }

    // A token without a subject once acted as "anonymous".
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("two\nlines")]
    [InlineData("256")]
    public async Task Finding_5_a_token_must_say_whose_it_is(string? subject)
    {
        var claims = new Dictionary<string, object> { ["account"] = "acme", ["scope"] = "contacts.read" };
        if (subject is not null)
        {
            claims["sub"] = subject == "256" ? new string('a', 256) : subject;
        }

        var error = await Expect.FailureAsync(() => CallAsync(_host, "acme", s_issuer.OddToken(claims)));

        Assert.Contains("\"sub\"", error.Is(StatusCode.Unauthenticated, ErrorReason.Unauthenticated).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finding_5_a_users_token_does_not_pass_for_a_key()
    {
        var token = s_issuer.OddToken(new() { ["sub"] = "alice", ["account"] = "acme", ["scope"] = "contacts.read", ["key"] = "acme_1" });

        Assert.Equal("alice", (await CallAsync(_host, "acme", token)).Account.Name);
    }

    [Theory]
    [InlineData("acme other")]
    [InlineData("acme,other")]
    [InlineData("OTHER")]
    [InlineData("oth")]
    public async Task Finding_5_an_odd_claim_opens_no_account(string account)
    {
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.AccountNotFound, () => CallAsync(_host, "other", s_issuer.Token(account, "contacts.read")));
    }

    [Fact]
    public async Task A_token_opens_its_own_account()
    {
        var response = await CallAsync(_host, "acme", s_issuer.Token("acme", "contacts.read"));

        Assert.Equal("alice", response.Account.Name);
    }

    [Fact]
    public async Task Another_account_looks_like_a_missing_one()
    {
        await Expect.FailureAsync(
            StatusCode.NotFound, ErrorReason.AccountNotFound, () => CallAsync(_host, "umbrella", s_issuer.Token("acme", "contacts.read")));
    }

    [Theory]
    [InlineData("viewer", true)]
    [InlineData("editor", true)]
    [InlineData("sender", true)]
    [InlineData("admin", true)]
    [InlineData("platform", false)]
    [InlineData("unheard-of", false)]
    public async Task A_role_stands_for_permissions(string role, bool reads)
    {
        var status = await Expect.StatusAsync(() => CallAsync(_host, "acme", s_issuer.RoleToken("acme", role)));

        Assert.Equal(reads ? StatusCode.OK : StatusCode.PermissionDenied, status);
    }

    [Fact]
    public async Task Configuration_adds_and_changes_roles()
    {
        await using var host = await StartAsync(s_issuer, new() { ["Auth:Roles:auditor"] = "contacts.read", ["Auth:Roles:viewer"] = "tags.write" });

        Assert.Equal(StatusCode.OK, await Expect.StatusAsync(() => CallAsync(host, "acme", s_issuer.RoleToken("acme", "auditor"))));
        Assert.Equal(StatusCode.PermissionDenied, await Expect.StatusAsync(() => CallAsync(host, "acme", s_issuer.RoleToken("acme", "viewer"))));
    }

    [Theory]
    [InlineData("contacts.reed", "contacts.reed")]
    [InlineData("contacts.read internal", "internal")]
    public async Task A_role_with_a_permission_that_it_cannot_have_stops_the_start(string permissions, string named)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(s_issuer, new() { ["Auth:Roles:odd"] = permissions }));

        Assert.Contains($"\"{named}\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_names_the_user_for_whom_it_calls()
    {
        var own = ServiceTokens.Create(Service.Campaigns, Service.Tags, "acme");

        Assert.Equal("service:campaigns", (await CallAsync(_host, "acme", own)).Account.Name);
        Assert.Equal("alice", (await CallAsync(_host, "acme", ServiceTokens.Create(Service.Campaigns, Service.Tags, "acme", user: "alice"))).Account.Name);
    }

    [Fact]
    public async Task A_service_may_not_use_an_account_that_its_token_does_not_name()
    {
        await Expect.FailureAsync(
            StatusCode.NotFound,
            ErrorReason.AccountNotFound,
            () => CallAsync(_host, "umbrella", ServiceTokens.Create(Service.Campaigns, Service.Tags, "acme")));
    }

    [Fact]
    public async Task Keys_of_an_identity_provider_are_followed_when_they_change()
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var host = await StartAsync(provider);
        var former = provider.Token("acme", "contacts.read");
        Assert.Equal(StatusCode.OK, await Expect.StatusAsync(() => CallAsync(host, "acme", former)));

        provider.ChangeKey();

        var token = provider.Token("acme", "contacts.read");
        await Eventually.ReadAsync(() => Expect.StatusAsync(() => CallAsync(host, "acme", token)), status => status is StatusCode.OK);
        Assert.Equal(StatusCode.Unauthenticated, await Expect.StatusAsync(() => CallAsync(host, "acme", former)));
    }

    [Fact]
    public async Task A_key_of_an_issuer_does_not_pass_for_one_of_the_provider()
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var host = await StartAsync(provider);

        await Expect.FailureAsync(
            StatusCode.Unauthenticated, ErrorReason.Unauthenticated, () => CallAsync(host, "acme", s_issuer.Token("acme", "contacts.read")));
    }

    [Theory]
    [InlineData("Auth:SigningKey", "short", "shorter than 32 bytes")]
    [InlineData("Auth:SigningKey", "", "Auth:Authority")]
    [InlineData("Auth:Authority", "https://login.example.com", "Auth:Authority")]
    [InlineData("Services:PrivateKey", "", "Services:PrivateKey")]
    [InlineData("Services:PrivateKey", "?", "Services:PrivateKey")]
    public async Task Settings_that_would_fail_later_stop_the_start(string setting, string value, string named)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(s_issuer, new() { [setting] = value }));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    // A short key once started without a word and then refused everything.
    [Theory]
    [InlineData("0123456789012345678901234567890", "shorter than 32 bytes")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "not random")]
    public void Finding_27_a_weak_signing_key_stops_the_start_and_says_why(string key, string problem)
    {
        var settings = new Dictionary<string, string?>(ServiceKeyPairs.Settings(Service.Tags))
        {
            ["Auth:Mode"] = "jwt",
            ["Auth:SigningKey"] = key,
            ["Grpc:Address"] = "http://0.0.0.0:0",
            ["Network:ClearText"] = "grpc",
            ["Keys:Tokens"] = Rings.New(1),
        };

        var error = Assert.Throws<InvalidOperationException>(() => ServiceHost.CreateBuilder("tags", 0, [], settings));

        Assert.Contains("Auth:SigningKey", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("openssl rand", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_authentication_only_loopback_addresses_are_allowed()
    {
        var error = Assert.Throws<InvalidOperationException>(() => ServiceHost.CreateBuilder(
            "test", 0, [], new Dictionary<string, string?> { ["Auth:Mode"] = "off", ["Grpc:Address"] = "http://0.0.0.0:0", ["Network:ClearText"] = "grpc" }));

        Assert.Contains("loopback", error.Message, StringComparison.Ordinal);
    }

    private static Task<TestHost> StartAsync(TokenIssuer issuer, Dictionary<string, string?>? more = null)
    {
        var settings = new Dictionary<string, string?>(issuer.Settings);
        foreach (var (key, value) in ServiceKeyPairs.Settings(Service.Tags).Concat(more ?? []))
        {
            settings[key] = value;
        }

        return TestHost.StartAsync(
            (_, context) => Task.FromResult(new GetAccountResponse { Account = new Account { Name = context.HasApiKey() ? "a key" : context.Principal() } }),
            settings,
            name: "tags");
    }

    private static Task<GetAccountResponse> CallAsync(TestHost host, string account, string? token) =>
        host.Client.GetAccountAsync(
            new() { Account = account }, token is null ? [] : new Metadata { { "authorization", $"Bearer {token}" } }).ResponseAsync;

    private static SigningCredentials SigningWith(string key) =>
        new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key)), SecurityAlgorithms.HmacSha256);
}
