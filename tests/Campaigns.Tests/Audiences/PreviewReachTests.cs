using Crm.Campaigns.V1;
using Crm.Segments.V1;
using TagSegments.Testing;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Tests.Audiences;

/// <summary>The preview of a segment predicts exactly what a campaign to it does.</summary>
public sealed class PreviewReachTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    private static readonly string[] s_addresses =
    [
        "", " ", "ann@x.example", " Ann@X.example", "bob@x.example", "BOB@x.example", "cid@x.example", "dan@x.example", "eve@x.example",
        "fay@müller.example", "not an address", "gus@x", "hugo..h@x.example", "jürgen@x.example",
    ];

    [Fact]
    public async Task The_preview_counts_what_the_ledger_of_a_campaign_then_has()
    {
        var random = new Random(Seed.Value);
        for (var round = 0; round < 3; round++)
        {
            var account = await world.Apps.NewAccountAsync();
            await FillAsync(account, random);
            var source = new FilterSource { Text = "contact_id != 3" };
            var reach = (await world.Apps.Segments.PreviewSegmentAsync(new PreviewSegmentRequest { Account = account, Source = source })).Channels[0];

            var ledger = await SendAsync(account, new Audience { Include = { source } });
            var subscribed = await SendAsync(account, new Audience { Include = { source }, SubscribedOnly = true });

            int Count(Reason reason) => ledger.Count(recipient => recipient.Reason == reason);
            Assert.Equal(
                new ChannelReach
                {
                    Channel = Crm.Common.V1.Channel.Email,
                    Reachable = Count(0),
                    ReachableSubscribed = subscribed.Count(recipient => recipient.Reason == 0),
                    NoAddress = Count(Reason.NoAddress),
                    Unsubscribed = Count(Reason.Unsubscribed),
                    DoNotDisturb = Count(Reason.DoNotDisturb),
                    InvalidAddress = Count(Reason.InvalidAddress),
                    AddressOptedOut = Count(Reason.AddressOptedOut),
                    DuplicateAddress = Count(Reason.DuplicateAddress),
                    Suppressed = Count(Reason.Suppressed),
                    NeedsSmtputf8 = ledger.Count(recipient => recipient.Reason == 0 && recipient.Address.Contains('ü', StringComparison.Ordinal) && !recipient.Address.Contains("müller", StringComparison.Ordinal)),
                },
                reach);
        }
    }

    // Straight into the tables: addresses that were written before they were checked, or by others.
    private async Task FillAsync(string account, Random random)
    {
        for (var i = 0; i < 30; i++)
        {
            var contact = await world.NewContactAsync(account, "");
            var email = s_addresses[random.Next(s_addresses.Length)];
            await world.ExecuteAsync(
                """
                UPDATE crm.contact
                SET email = @email, email_key = @key, email_consent = @consent, do_not_disturb = @quiet
                WHERE account_id = (SELECT account_id FROM crm.account WHERE name = @account) AND contact_id = @ContactId
                """,
                new { account, contact.ContactId, email, key = TagSegments.Addresses.Address.Key(Crm.Common.V1.Channel.Email, email), consent = Consent(random), quiet = random.Next(8) == 0 });
        }

        await world.ExecuteAsync(
            """
            INSERT INTO campaigns.suppression (account_id, channel, address_key, reason)
            SELECT account_id, 1, unnest(ARRAY['ann@x.example', 'cid@x.example']), 1 FROM crm.account WHERE name = @account
            """,
            new { account });
    }

    private static int Consent(Random random) => random.Next(10) == 0 ? 3 : random.Next(1, 3);

    private async Task<List<Recipient>> SendAsync(string account, Audience audience)
    {
        var campaign = (await world.Campaigns.CreateCampaignAsync(new()
        {
            Account = account,
            Campaign = new() { Name = $"{Guid.NewGuid()}", Message = CampaignWorld.Text("Hello"), Audience = audience },
        })).Campaign;
        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);
        return await world.LedgerAsync(account, campaign.CampaignId);
    }
}
