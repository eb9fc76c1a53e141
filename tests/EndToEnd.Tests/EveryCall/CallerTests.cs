using Crm.Accounts.V1;
using Crm.Auth.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.EveryCall;

/// <summary>Callers are told what they may do, and it is what they may do.</summary>
public sealed class CallerTests(AppsWithSigningKey guarded, SharedApps open) : IClassFixture<AppsWithSigningKey>, IClassFixture<SharedApps>
{
    [Fact]
    public async Task A_caller_is_told_its_scopes_and_what_its_roles_stand_for()
    {
        var viewer = await AskAsync(guarded.Issuer.Token(GuardedApps.Own, "contacts.read"));
        var all = await AskAsync(guarded.Issuer.Token(GuardedApps.Own, GuardedApps.ScopeOf([.. GuardedApps.OfKeys, Permission.PlatformAdmin])));
        var key = await AskAsync((await guarded.NewKeyAsync("console", Permission.ContactsRead, Permission.TagsWrite)).Text);

        Assert.Equal([Permission.ContactsRead], viewer.Permissions);
        Assert.Equal(GuardedApps.OfKeys.Append(Permission.PlatformAdmin).Order(), all.Permissions);
        Assert.Equal(("key:console", "ContactsRead TagsWrite"), (key.Name, string.Join(' ', key.Permissions)));
        Assert.NotEqual("anonymous", viewer.Name);
    }

    [Fact]
    public async Task A_caller_is_told_nothing_about_another_account()
    {
        var status = await Expect.StatusAsync(() => AskAsync(guarded.Issuer.Token(GuardedApps.Foreign, "contacts.read")));

        Assert.Contains(status, new[] { StatusCode.NotFound, StatusCode.PermissionDenied });
    }

    [Fact]
    public async Task Everybody_may_do_everything_where_authentication_is_off()
    {
        var caller = await open.Apps.Accounts.GetCallerAsync(new() { Account = await open.Apps.NewAccountAsync() });

        Assert.Equal("anonymous", caller.Name);
        Assert.Equal(GuardedApps.OfKeys.Append(Permission.PlatformAdmin).Order(), caller.Permissions);
    }

    private async Task<GetCallerResponse> AskAsync(string token) =>
        await guarded.Apps.Accounts.GetCallerAsync(new() { Account = GuardedApps.Own }, GuardedApps.Headers(token));
}
