using Crm.Campaigns.V1;
using TagSegments.Embedded.Smtp;
using TagSegments.ServiceDefaults.Host;
using TagSegments.Testing;
using RecipientState = Crm.Campaigns.V1.Recipient.Types.State;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Tests.Lanes;

// Several processes on one ledger, and processes that stop.
public sealed class ReplicaTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    private const int Contacts = 300;

    [Fact]
    public async Task Of_several_replicas_one_prepares_and_nobody_gets_two_messages()
    {
        var (account, campaign) = await ArrangeAsync();
        await using var second = await world.Apps.StartReplicaAsync(Service.Campaigns);
        await using var third = await world.Apps.StartReplicaAsync(Service.Campaigns);

        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign });
        var sent = await world.WaitForCampaignAsync(account, campaign, State.Sent);

        Assert.Equal(Contacts, sent.Counts.Accepted);
        AssertEachGotOne(account);
    }

    [Fact]
    public async Task After_a_stop_in_the_middle_nobody_is_lost_and_nobody_gets_two()
    {
        var (account, campaign) = await ArrangeAsync();
        var before = world.Mail.Accepted;
        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign });
        await world.Mail.WaitForAsync(before + 20, Eventually.Patience);

        await world.Apps.App(Service.Campaigns).StopAsync();
        await world.Apps.StopAsync(Service.Campaigns);
        await world.Apps.StartAsync(Service.Campaigns);
        var sent = await world.WaitForCampaignAsync(account, campaign, State.Sent);

        Assert.Equal(Contacts, sent.Counts.Accepted);
        AssertEachGotOne(account);
    }

    [Fact]
    public async Task A_message_whose_sender_died_while_handing_over_is_unknown_and_one_only_claimed_is_sent()
    {
        var (account, campaign) = await ArrangeAsync();
        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign });
        await world.WaitForCampaignAsync(account, campaign, State.Sent);
        // As a killed process of another machine leaves them: a lease that ends and is not renewed, and no journal.
        await world.ExecuteAsync(
            """
            UPDATE campaigns.recipient SET state = CASE contact_id WHEN 1 THEN 3 ELSE 1 END WHERE campaign_id = @id AND contact_id <= 2;
            INSERT INTO campaigns.batch (account_id, campaign_id, batch_id, first_contact, last_contact, fence, lease_until)
            SELECT account_id, campaign_id, 1, 1, 2, 1, now() - interval '1 second' FROM campaigns.campaign WHERE campaign_id = @id;
            UPDATE campaigns.campaign SET state = 4 WHERE campaign_id = @id
            """,
            new { id = Guid.Parse(campaign) });

        var again = await Eventually.ReadAsync(
            async () => (await world.Campaigns.GetCampaignAsync(new() { Account = account, CampaignId = campaign })).Campaign,
            c => c.State == State.Sent && c.Counts.Unknown == 1);

        Assert.Equal(Contacts - 1, again.Counts.Accepted);
        var ledger = await world.LedgerAsync(account, campaign);
        Assert.Equal([RecipientState.Unknown, RecipientState.Accepted], ledger.Take(2).Select(r => r.State));
    }

    [Fact]
    public async Task Nothing_leaves_after_an_acknowledged_unsubscribe()
    {
        var (account, campaign) = await ArrangeAsync();
        // Slow enough for the test to see it under way.
        world.Mail.Script = step => step.Stage == SmtpStage.EndOfData ? SmtpReaction.Wait(TimeSpan.FromMilliseconds(200)) : default;
        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign });
        await world.WaitForCampaignAsync(account, campaign, State.Sending);

        var stateWhenAcknowledged = new Dictionary<string, RecipientState>();
        for (var i = 1; i <= Contacts; i += 3)
        {
            var address = AddressOf(account, i);
            await world.Activities.AddSuppressionAsync(new()
            {
                Account = account,
                Suppression = new() { Address = address, Reason = Crm.Activity.V1.Suppression.Types.Reason.Unsubscribed },
            });
            stateWhenAcknowledged[address] = Assert.Single(await world.QueryAsync<RecipientState>(
                "SELECT state::int FROM campaigns.recipient WHERE campaign_id = @id AND address = @address",
                new { id = Guid.Parse(campaign), address }));
        }

        world.Mail.Script = null;
        await world.WaitForCampaignAsync(account, campaign, State.Sent);
        var mailed = world.Mail.Messages.SelectMany(m => m.Recipients).ToHashSet();
        Assert.All(stateWhenAcknowledged, entry => Assert.Equal(
            entry.Value is RecipientState.Sending or RecipientState.Accepted, mailed.Contains(entry.Key)));
    }

    private async Task<(string Account, string Campaign)> ArrangeAsync()
    {
        var account = await world.Apps.NewAccountAsync();
        await Parallel.ForEachAsync(Enumerable.Range(1, Contacts), async (i, _) => await world.NewContactAsync(account, AddressOf(account, i)));
        var campaign = new Campaign
        {
            Name = "Spring",
            Message = CampaignWorld.Text("Spring"),
            Audience = new Audience { Include = { CampaignWorld.Everyone } },
        };
        return (account, (await world.Campaigns.CreateCampaignAsync(new() { Account = account, Campaign = campaign })).Campaign.CampaignId);
    }

    private static string AddressOf(string account, int i) => $"{i}@{account}.example";

    private void AssertEachGotOne(string account)
    {
        var got = world.Mail.Messages.SelectMany(m => m.Recipients).Where(r => r.EndsWith($"@{account}.example", StringComparison.Ordinal)).ToList();
        Assert.Equal(Contacts, got.Count);
        Assert.Equal(Contacts, got.Distinct().Count());
    }
}
