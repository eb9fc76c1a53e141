using Grpc.Core;
using TagSegments.Testing;
using TagSegments.Testing.Auth;

namespace TagSegments.Campaigns.Tests.Team;

/// <summary>Finding 7: who calls with an address that the identity provider has verified needs no link to confirm it.</summary>
public sealed class Finding7MemberTests
{
    [Fact]
    public async Task Finding7_the_verified_address_of_the_caller_is_confirmed_and_no_other()
    {
        await using var issuer = new SigningKeyIssuer();
        await using var apps = await TestApps.StartAsync(new()
        {
            Services = [Service.Tags, Service.Campaigns],
            Settings = new Dictionary<string, string?>(issuer.Settings) { ["Senders:Trust"] = "" },
        });
        await apps.Accounts.CreateAccountAsync(new() { Account = "acme" }, Headers(issuer.Token("acme", "platform.admin")));
        Task<bool> IsConfirmedAsync(string address, string claimed, bool verified) =>
            IsConfirmedAtOnceAsync(apps, address, issuer.EmailToken("acme", "campaigns.send", claimed, verified));

        Assert.False(await IsConfirmedAsync("ann@acme.example", "ann@acme.example", verified: false));
        Assert.False(await IsConfirmedAsync("ann@acme.example", "bob@acme.example", verified: true));
        Assert.True(await IsConfirmedAsync("Ann@acme.example", "ann@acme.example", verified: true));
    }

    private static async Task<bool> IsConfirmedAtOnceAsync(TestApps apps, string address, string token) =>
        (await apps.Team.AddTeamAddressAsync(new() { Account = "acme", Address = address }, Headers(token))).Address.ConfirmTime is not null;

    private static Metadata Headers(string token) => new() { { "authorization", $"Bearer {token}" } };
}
