using System.Text;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Segments.V1;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Tests.Suppressions;

/// <summary>Rows A2 and A3 of the faults: mail leaves right for addresses that are not ASCII, or is left out with its reason.</summary>
public sealed class MailedAddressTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Theory]
    [InlineData("{0}@bücher.example", "{0}@xn--bcher-kva.example")]
    [InlineData("{0}@日本語.example", "{0}@xn--wgv71a119e.example")]
    [InlineData("{0}@Straße.EXAMPLE", "{0}@xn--strae-oqa.example")]
    [InlineData("{0}@bu\u0308cher.example.", "{0}@xn--bcher-kva.example")]
    [InlineData("{0}@пример.example", "{0}@xn--e1afmkfd.example")]
    public async Task A2_the_domain_is_ASCII_in_envelope_and_header(string address, string mailbox)
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.ContactAsync(account, string.Format(null, address, account));
        var sent = string.Format(null, mailbox, account);

        await world.SendAsync(account, CampaignWorld.HasTag(await world.TagAsync(account, "all", contact)));

        var mail = Assert.Single(world.Mail.Messages, m => m.Recipients.Contains(sent));
        Assert.Equal(sent, mail.Header("To")?.Trim());
        Assert.True(Ascii.IsValid(mail.Text.Split("\r\n\r\n")[0]));
    }

    [Theory]
    [InlineData("jürgen.{0}@bücher.example", "jürgen.{0}@xn--bcher-kva.example")]
    [InlineData("用户.{0}@例子.example", "用户.{0}@xn--fsqu00a.example")]
    [InlineData("ju\u0308rgen.{0}@x.example", "jürgen.{0}@x.example")]
    [InlineData("пётр.{0}@x.example", "пётр.{0}@x.example")]
    public async Task A3_a_local_part_in_UTF8_leaves_where_the_server_takes_it(string address, string mailbox)
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.ContactAsync(account, string.Format(null, address, account));
        var source = CampaignWorld.HasTag(await world.TagAsync(account, "all", contact));

        var reach = await ReachAsync(account, source);
        Assert.Equal((1, 1), (reach.Reachable, reach.NeedsSmtputf8));
        Assert.Equal(1, (await world.SendAsync(account, source)).Counts.Accepted);

        var sent = string.Format(null, mailbox, account);
        var mail = Assert.Single(world.Mail.Messages, m => m.Recipients.Contains(sent));
        Assert.Equal(sent, mail.Header("To")?.Trim());
    }

    [Fact]
    public async Task A3_it_is_left_out_with_the_reason_where_the_server_does_not()
    {
        await using var mail = SmtpSink.Start(new SmtpSinkOptions { OffersUtf8 = false });
        await using var apps = await TestApps.StartAsync(new()
        {
            Services = [Service.Tags, Service.Segments, Service.Campaigns],
            Settings = CampaignWorld.Settings(mail.Port),
        });
        var account = await apps.NewAccountAsync();
        foreach (var email in new[] { "jürgen@bücher.example", "用户@x.example", "info@bücher.example" })
        {
            await apps.Contacts.CreateContactAsync(new() { Account = account, Contact = new() { Email = email } });
        }

        var campaigns = new CampaignService.CampaignServiceClient(apps.Channel(Service.Campaigns));
        var campaign = (await campaigns.CreateCampaignAsync(new()
        {
            Account = account,
            Campaign = new()
            {
                Name = "one",
                Message = new() { Subject = "Hello", Text = "Hello" },
                Audience = new() { Include = { new FilterSource { Text = "contact_id > 0" } } },
            },
        })).Campaign;
        await campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await Eventually.ReadAsync(
            async () => (await campaigns.GetCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId })).Campaign,
            sent => sent.State == Campaign.Types.State.Sent,
            "the campaign to be sent");

        var recipients = (await campaigns.ListRecipientsAsync(new() { Account = account, CampaignId = campaign.CampaignId })).Recipients;
        Assert.Equal([Reason.AddressNeedsSmtputf8, Reason.AddressNeedsSmtputf8, Reason.Unspecified], recipients.Select(recipient => recipient.Reason));
        Assert.Equal([(State.Skipped, 0), (State.Skipped, 0), (State.Accepted, 1)], recipients.Select(recipient => (recipient.State, recipient.Attempts)));
        var counts = (await campaigns.GetCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId })).Campaign.Counts;
        Assert.Equal((3, 1, 2, 0), (counts.Total, counts.Accepted, counts.Skipped, counts.Failed));
        Assert.Equal("info@xn--bcher-kva.example", Assert.Single(Assert.Single(mail.Messages).Recipients));
    }

    private async Task<ChannelReach> ReachAsync(string account, FilterSource source) =>
        (await world.Apps.Segments.PreviewSegmentAsync(new PreviewSegmentRequest { Account = account, Source = source }))
            .Channels.Single(reach => reach.Channel == Channel.Email);
}
