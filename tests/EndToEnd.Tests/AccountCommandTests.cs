using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests;

/// <summary>The commands about accounts and their keys.</summary>
public sealed class AccountCommandTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private readonly Cli _cli = new(shared.Apps);

    [Fact]
    public async Task Keys_are_made_listed_and_revoked()
    {
        var account = await shared.Apps.NewAccountAsync();

        var made = await _cli.RunAsync("keys", "create", "sync", "--scope", "contacts.read,tags.write", "--expire-after-days", "90", "--account", account);
        var listed = await _cli.RunAsync("keys", "list", "--account", account);
        var revoked = await _cli.RunAsync("keys", "revoke", "1", "--account", account);
        var after = await _cli.JsonAsync("keys", "list", "--account", account);

        Assert.Matches($@"\Atsk_{account}_1_[0-9a-f]{{72}}\s+\z", made.Output);
        Assert.Contains("contacts.read tags.write", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(made.Output.Trim(), listed.Output, StringComparison.Ordinal);
        Assert.Equal(0, revoked.Code);
        Assert.NotNull(after["keys"]![0]!["revoke_time"]);
    }

    [Fact]
    public async Task A_scope_that_does_not_exist_is_refused_before_anything_is_sent()
    {
        var result = await _cli.RunAsync("keys", "create", "sync", "--scope", "contacts.eat", "--account", "none");

        Assert.Equal(2, result.Code);
    }

    [Fact]
    public async Task An_account_is_deleted_and_restored()
    {
        var account = await shared.Apps.NewAccountAsync();

        var deleted = await _cli.RunAsync("accounts", "delete", account);
        var refused = await _cli.RunAsync("tags", "list", "--account", account);
        var restored = await _cli.RunAsync("accounts", "restore", account);
        var listed = await _cli.RunAsync("tags", "list", "--account", account);

        Assert.Contains($"accounts restore {account}` works until", deleted.Output, StringComparison.Ordinal);
        Assert.Equal((1, 0, 0), (refused.Code, restored.Code, listed.Code));
        Assert.Contains("was deleted", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_administrators_did_is_listed()
    {
        var account = await shared.Apps.NewAccountAsync();
        await _cli.RunAsync("keys", "create", "sync", "--scope", "contacts.read", "--account", account);

        var ofAccount = await _cli.RunAsync("accounts", "audit", "--account", account);
        var ofPlatform = await _cli.RunAsync("accounts", "audit", "--platform");

        Assert.Matches(@"anonymous\s+AccountService/CreateApiKey\s+.*OK", ofAccount.Output);
        Assert.Contains($"\"account\": \"{account}\"", ofPlatform.Output, StringComparison.Ordinal);
    }
}
