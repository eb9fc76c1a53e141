using System.Security.Cryptography;
using System.Text;
using Crm.Accounts.V1;
using Crm.Auth.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Accounts;

public sealed class ApiKeyTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private readonly AccountService.AccountServiceClient _accounts = shared.Apps.Accounts;

    [Fact]
    public async Task Makes_lists_and_revokes_keys()
    {
        var account = await shared.Apps.NewAccountAsync();
        var first = await CreateAsync(account, "first");
        var second = await _accounts.CreateApiKeyAsync(new() { Account = account, Name = "second", Role = "viewer" });

        var revoked = (await _accounts.RevokeApiKeyAsync(new() { Account = account, KeyId = first.Key.KeyId })).Key;
        var listed = (await _accounts.ListApiKeysAsync(new() { Account = account })).Keys;

        Assert.NotNull(revoked.RevokeTime);
        Assert.Equal([second.Key, revoked], listed);
        Assert.Equal([Permission.ContactsRead], second.Key.Permissions);
        // A repeated revocation keeps the time of the first.
        Assert.Equal(revoked, (await _accounts.RevokeApiKeyAsync(new() { Account = account, KeyId = first.Key.KeyId })).Key);
        // The name is free again.
        Assert.Equal(3, (await CreateAsync(account, "first")).Key.KeyId);
    }

    [Fact]
    public async Task Nothing_that_is_stored_has_the_text_of_a_key()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var request = Request(account.Name, "secret", "same");

        var key = await _accounts.CreateApiKeyAsync(request);
        var again = await _accounts.CreateApiKeyAsync(request);

        Assert.StartsWith($"tsk_{account.Name}_1_", key.Text, StringComparison.Ordinal);
        Assert.Equal((key.Key, ""), (again.Key, again.Text));
        var secret = key.Text[^72..];
        Assert.Equal(SHA256.HashData(Encoding.ASCII.GetBytes(key.Text)), await account.QueryAsync<byte[]>("SELECT hash FROM crm.api_key JOIN crm.account a USING (account_id) WHERE a.name = @name"));
        Assert.Equal(0, await account.QueryAsync<int>(
            $"SELECT count(*)::int FROM crm.request JOIN crm.account USING (account_id) WHERE name = @name AND position('{secret}'::bytea IN response) > 0"));
        Assert.Equal(1, await account.QueryAsync<int>("SELECT count(*)::int FROM crm.request JOIN crm.account USING (account_id) WHERE name = @name"));
    }

    [Fact]
    public async Task Pages_go_from_the_newest_to_the_oldest()
    {
        var account = await shared.Apps.NewAccountAsync();
        for (var i = 1; i <= 5; i++)
        {
            await CreateAsync(account, $"key {i}");
        }

        var request = new ListApiKeysRequest { Account = account, PageSize = 2 };
        var ids = new List<int>();
        do
        {
            var page = await _accounts.ListApiKeysAsync(request);
            ids.AddRange(page.Keys.Select(key => key.KeyId));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken != "");

        Assert.Equal([5, 4, 3, 2, 1], ids);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" key")]
    [InlineData("a\tb")]
    public async Task Refuses_a_name_that_breaks_the_rules(string name)
    {
        var account = await shared.Apps.NewAccountAsync();

        var error = await Expect.FailureAsync(() => CreateAsync(account, name));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "name");
    }

    [Theory]
    [InlineData(Permission.PlatformAdmin)]
    [InlineData(Permission.Internal)]
    public async Task Refuses_permissions_that_are_not_of_one_account(Permission permission)
    {
        var account = await shared.Apps.NewAccountAsync();

        var error = await Expect.FailureAsync(
            () => _accounts.CreateApiKeyAsync(new() { Account = account, Name = "key", Permissions = { permission } }).ResponseAsync);

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "permissions");
    }

    [Fact]
    public async Task Reports_every_wrong_field_at_once()
    {
        var account = await shared.Apps.NewAccountAsync();

        var error = await Expect.FailureAsync(
            () => _accounts.CreateApiKeyAsync(new() { Account = account, Role = "king", Permissions = { Permission.Unspecified } }).ResponseAsync);

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "name", "role", "permissions[0]");
    }

    [Fact]
    public async Task Refuses_an_end_in_the_past()
    {
        var account = await shared.Apps.NewAccountAsync();
        var request = Request(account, "late", "");
        request.ExpireTime = DateTime.UtcNow.AddMinutes(-1).ToTimestamp();

        var error = await Expect.FailureAsync(() => _accounts.CreateApiKeyAsync(request).ResponseAsync);

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "expire_time");
    }

    [Fact]
    public async Task Refuses_a_second_key_of_the_same_name()
    {
        var account = await shared.Apps.NewAccountAsync();
        await CreateAsync(account, "twin");

        var error = await Expect.FailureAsync(() => CreateAsync(account, "twin"));

        error.Is(StatusCode.AlreadyExists, ErrorReason.AlreadyExists);
    }

    [Fact]
    public async Task An_account_has_a_limit_of_keys()
    {
        var account = await shared.Apps.NewAccountAsync();
        await _accounts.SetAccountLimitsAsync(new() { Account = account, Limits = new() { ApiKeys = 1 } });

        for (var made = 1; made <= 10; made++)
        {
            var key = await CreateAsync(account, $"key {made}");
            (await Expect.FailureAsync(() => CreateAsync(account, "beyond"))).Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded);
            await _accounts.RevokeApiKeyAsync(new() { Account = account, KeyId = key.Key.KeyId });
        }

        // None is living, but ten were made.
        var error = await Expect.FailureAsync(() => CreateAsync(account, "eleventh"));
        Assert.Equal("api_keys", error.Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded).Metadata["quota"]);
    }

    [Fact]
    public async Task A_use_is_written_once_a_minute()
    {
        var account = await shared.Apps.NewAccountAsync();
        var key = (await CreateAsync(account, "used")).Key;
        var first = DateTime.UtcNow.AddMinutes(-10);

        foreach (var (seconds, expected) in new[] { (0, 0), (59, 0), (60, 60), (30, 60), (119, 60) })
        {
            await _accounts.RecordApiKeyUseAsync(
                new() { Account = account, KeyId = key.KeyId, UseTime = first.AddSeconds(seconds).ToTimestamp() });

            var used = (await _accounts.ListApiKeysAsync(new() { Account = account })).Keys.Single().LastUseTime.ToDateTime();
            Assert.Equal(first.AddSeconds(expected), used, TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public async Task Refuses_to_revoke_what_does_not_exist()
    {
        var account = await shared.Apps.NewAccountAsync();

        var error = await Expect.FailureAsync(() => _accounts.RevokeApiKeyAsync(new() { Account = account, KeyId = 1 }).ResponseAsync);

        error.Is(StatusCode.NotFound, ErrorReason.NotFound);
    }

    private static CreateApiKeyRequest Request(string account, string name, string requestId) =>
        new() { Account = account, Name = name, Permissions = { Permission.ContactsRead }, RequestId = requestId };

    private async Task<CreateApiKeyResponse> CreateAsync(string account, string name) => await _accounts.CreateApiKeyAsync(Request(account, name, ""));
}
