using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;
using CampaignState = Crm.Campaigns.V1.Campaign.Types.State;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Tests.Ledger;

// A message with an unknown outcome is sent again by explicit choice only.
public sealed class ResendTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task Sends_again_to_those_who_are_named_and_to_nobody_else()
    {
        var (account, campaign, addresses) = await SendInDoubtAsync();

        var resent = await world.Campaigns.ResendUnknownAsync(
            new() { Account = account, CampaignId = campaign, ContactIds = { 1 }, RequestId = "1" });
        await world.WaitForCampaignAsync(account, campaign, CampaignState.Sent);

        Assert.Equal(1, resent.Resent);
        Assert.Equal([State.Accepted, State.Unknown, State.Accepted], (await world.LedgerAsync(account, campaign)).Select(r => r.State));
        Assert.Equal([2, 1, 1], addresses.Select(Copies));
    }

    [Fact]
    public async Task Sends_again_to_everyone_in_doubt_once_per_request()
    {
        var (account, campaign, addresses) = await SendInDoubtAsync();
        var request = new ResendUnknownRequest { Account = account, CampaignId = campaign, All = true, RequestId = "1" };

        var first = await world.Campaigns.ResendUnknownAsync(request);
        await world.WaitForCampaignAsync(account, campaign, CampaignState.Sent);
        var second = await world.Campaigns.ResendUnknownAsync(request);

        Assert.Equal((2, first), (first.Resent, second));
        Assert.All(await world.LedgerAsync(account, campaign), r => Assert.Equal(State.Accepted, r.State));
        Assert.Equal([2, 2, 1], addresses.Select(Copies));
    }

    [Fact]
    public async Task Refuses_those_who_are_not_in_doubt_and_changes_nothing()
    {
        var (account, campaign, addresses) = await SendInDoubtAsync();

        Task AssertRefusedAsync(ResendUnknownRequest request) => RefusesAsync(account, campaign, request);

        await AssertRefusedAsync(new() { ContactIds = { 1, 3 } });
        await AssertRefusedAsync(new() { ContactIds = { 99 } });
        await AssertRefusedAsync(new());
        await AssertRefusedAsync(new() { ContactIds = { 1 }, All = true });
        Assert.Equal([State.Unknown, State.Unknown, State.Accepted], (await world.LedgerAsync(account, campaign)).Select(r => r.State));
        Assert.Equal([1, 1, 1], addresses.Select(Copies));
    }

    // Contacts 1 and 2 got it, and the connection was cut before the answer.
    private async Task<(string Account, string Campaign, string[] Addresses)> SendInDoubtAsync()
    {
        var account = await world.Apps.NewAccountAsync();
        string[] addresses = [.. Enumerable.Range(1, 3).Select(i => $"{i}.{Guid.NewGuid():N}@x.example")];
        foreach (var address in addresses)
        {
            await world.ContactAsync(account, address);
        }

        world.Mail.Script = step => step.Stage == SmtpStage.Kept && step.Recipient != addresses[2] ? SmtpReaction.Cut : default;
        var campaign = await world.StartAsync(account, CampaignWorld.Everyone);
        await world.WaitForCampaignAsync(account, campaign.CampaignId, CampaignState.Sent);
        world.Mail.Script = null;
        return (account, campaign.CampaignId, addresses);
    }

    private async Task RefusesAsync(string account, string campaign, ResendUnknownRequest request)
    {
        (request.Account, request.CampaignId) = (account, campaign);
        await Expect.FailureAsync(
            StatusCode.InvalidArgument, ErrorReason.InvalidField, async () => await world.Campaigns.ResendUnknownAsync(request));
    }

    private int Copies(string address) => world.Mail.Messages.Count(m => m.Recipients[0] == address);
}
