using System.Text;
using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Tests.Suppressions;

/// <summary>Rows A1, A2, A3, A5 and C23 of the faults: one person has one address, and mail leaves right for it.</summary>
public sealed class OneAddressTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Theory]
    [InlineData("info@bücher-{0}.example", "ASCII")]
    [InlineData("info@bücher-{0}.example", "INFO@BÜCHER-{0}.example.")]
    [InlineData("info@straße-{0}.example", "info@STRAẞE-{0}.example")]
    [InlineData("info@x{0}.example", "info@ｘ{0}.example")]
    public async Task A1_one_address_gets_one_message_and_one_unsubscription_holds(string first, string second)
    {
        var account = await world.Apps.NewAccountAsync();
        var name = Guid.NewGuid().ToString("N")[..8];
        var one = await world.ContactAsync(account, string.Format(null, first, name));
        var ascii = $"info@{new System.Globalization.IdnMapping().GetAscii($"bücher-{name}")}.example";
        var other = await world.ContactAsync(account, second == "ASCII" ? ascii : string.Format(null, second, name));
        var source = CampaignWorld.HasTag(await world.TagAsync(account, "all", one, other));

        Assert.Equal(1, (await world.SendAsync(account, source)).Counts.Accepted);

        await world.UnsubscribeAsync(account, one);
        Assert.Equal(0, (await ReachAsync(account, source)).Reachable);
        Assert.Equal(0, (await world.SendAsync(account, source)).Counts.Accepted);
    }

    [Fact]
    public async Task A2_the_domain_is_ASCII_in_envelope_and_header()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.ContactAsync(account, $"{account}@bücher.example");
        await world.SendAsync(account, CampaignWorld.HasTag(await world.TagAsync(account, "all", contact)));
        var mail = Assert.Single(world.Mail.Messages, m => m.Recipients.Contains($"{account}@xn--bcher-kva.example"));
        Assert.Equal($"{account}@xn--bcher-kva.example", mail.Header("To")?.Trim());
        Assert.True(Ascii.IsValid(mail.Text.Split("\r\n\r\n")[0]));
    }

    [Fact]
    public async Task A3_a_local_part_in_UTF8_leaves_where_the_server_takes_it()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.ContactAsync(account, $"jürgen.{account}@bücher.example");
        var source = CampaignWorld.HasTag(await world.TagAsync(account, "all", contact));

        var reach = await ReachAsync(account, source);
        Assert.Equal((1, 1), (reach.Reachable, reach.NeedsSmtputf8));
        Assert.Equal(1, (await world.SendAsync(account, source)).Counts.Accepted);

        var mail = Assert.Single(world.Mail.Messages, m => m.Recipients.Contains($"jürgen.{account}@xn--bcher-kva.example"));
        Assert.Equal($"jürgen.{account}@xn--bcher-kva.example", mail.Header("To")?.Trim());
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

    [Fact]
    public async Task A5_every_form_of_a_phone_is_one_number_by_the_country_of_contact_or_account()
    {
        var account = await world.Apps.NewAccountAsync();
        await world.Apps.Fields.CreateFieldAsync(new()
        {
            Account = account,
            Field = new() { Key = "country", Target = Crm.Contacts.V1.Field.Types.Target.Contact, Type = Crm.Contacts.V1.Field.Types.Type.Text },
        });
        var national = await world.ContactAsync(account, change: contact => contact.Phone = "0660 1234567");
        await world.ContactAsync(account, change: contact => contact.Phone = "+43 660 1234567");
        await world.ContactAsync(account, change: contact => contact.Phone = "0043 (0) 660 / 1234567");
        await world.ContactAsync(account, change: contact => SetCountry(contact, "06 60 12 34 56 7", "Austria"));
        await world.ContactAsync(account, change: contact => SetCountry(contact, "0660 1234567", "DE"));
        var everybody = new FilterSource { Text = "contact_id > 0" };
        Assert.Equal("", national.E164Phone);
        Assert.Equal(3, (await ReachAsync(account, everybody, Channel.Sms)).Reachable);

        // The numbers follow the country, and a refusal follows its number.
        await world.Activities.AddSuppressionAsync(new()
        {
            Account = account,
            Suppression = new() { Channel = Channel.Sms, Address = "0660-1234567", Reason = Suppression.Types.Reason.Manual },
        });
        await world.Apps.Accounts.UpdateAccountAsync(new() { Account = account, Country = "AT" });
        var reach = await Eventually.ReadAsync(
            () => ReachAsync(account, everybody, Channel.Sms), reach => reach.Reachable == 1 && reach.DuplicateAddress == 3, "the numbers to follow");
        Assert.Equal(1, reach.Suppressed);
        var now = (await world.Apps.Contacts.GetContactAsync(new() { Account = account, ContactId = national.ContactId })).Contact;
        Assert.Equal(("0660 1234567", "+436601234567"), (now.Phone, now.E164Phone));
    }

    [Fact]
    public async Task A5_no_country_is_refused_that_does_not_exist()
    {
        var account = await world.Apps.NewAccountAsync();
        var accounts = world.Apps.Accounts;
        foreach (var country in new[] { "XX", "at", "AUT", "Austria" })
        {
            var failure = await Expect.FailureAsync(() => accounts.UpdateAccountAsync(new() { Account = account, Country = country }).ResponseAsync);
            Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, failure.Status);
        }
    }

    [Theory]
    [InlineData("ban.example", "ban.example", "xban.example")]
    [InlineData("@BAN.example.", "a.b.ban.example", "ban.example.org")]
    [InlineData("bücher.example", "xn--bcher-kva.example", "bucher.example")]
    [InlineData("xn--bcher-kva.example", "BÜCHER.example", "b.example")]
    public async Task C23_a_suppressed_domain_gets_nothing_nor_its_subdomains(string domain, string inside, string outside)
    {
        var account = await world.Apps.NewAccountAsync();
        var contacts = new[]
        {
            await world.ContactAsync(account, $"{account}@{inside}"), await world.ContactAsync(account, $"{account}@sub.{inside}"),
            await world.ContactAsync(account, $"{account}@{outside}"),
        };
        var source = CampaignWorld.HasTag(await world.TagAsync(account, "all", contacts));
        // An answer that is remembered from before must not outlive the change.
        Assert.Equal(3, (await ReachAsync(account, source)).Reachable);

        await world.SuppressAsync(account, domain);
        var reach = await ReachAsync(account, source);
        Assert.Equal((1, 2), (reach.Reachable, reach.Suppressed));
        var counts = (await world.SendAsync(account, source)).Counts;
        Assert.Equal((1, 2), (counts.Accepted, counts.Skipped));
        var found = await world.Activities.CheckSuppressionsAsync(new() { Account = account, Addresses = { contacts.Select(contact => contact.Email) } });
        var entry = Assert.Single(found.Suppressions);
        Assert.DoesNotContain('@', entry.Address);

        await world.Activities.RemoveSuppressionAsync(new() { Account = account, Address = domain, Proof = "they asked" });
        Assert.Equal(3, (await ReachAsync(account, source)).Reachable);
    }

    [Fact]
    public async Task C23_messages_that_wait_are_skipped_when_their_domain_is_suppressed()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.ContactAsync(account, $"{account}@sub.wait.example");
        var source = CampaignWorld.HasTag(await world.TagAsync(account, "all", contact));
        world.RefuseMail();
        var campaign = await world.StartAsync(account, source);
        await Eventually.ReadAsync(
            async () => (await world.Campaigns.ListRecipientsAsync(new() { Account = account, CampaignId = campaign.CampaignId })).Recipients,
            recipients => recipients.Count > 0,
            "the message to wait");

        await Eventually.ReadAsync(
            async () =>
            {
                await world.SuppressAsync(account, "wait.example");
                return (await world.Campaigns.ListRecipientsAsync(new() { Account = account, CampaignId = campaign.CampaignId })).Recipients.Single();
            },
            recipient => recipient.Reason == Reason.Suppressed,
            "the message to be skipped");
        world.Mail.Script = null;
        await world.WaitForCampaignAsync(account, campaign.CampaignId, Campaign.Types.State.Sent);
        Assert.Empty(world.MailOf(contact));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("-ban.example")]
    [InlineData("ban..example")]
    [InlineData("@")]
    public async Task C23_what_is_no_domain_is_refused(string domain)
    {
        var account = await world.Apps.NewAccountAsync();
        var failure = await Expect.FailureAsync(() => world.SuppressAsync(account, domain));
        Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, failure.Status);
    }

    [Fact]
    public async Task A1_what_former_versions_wrote_is_keyed_again()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.ContactAsync(account, $"info@bücher-{account}.example");
        await world.ExecuteAsync(
            """
            UPDATE crm.contact SET email_key = lower(email)
            WHERE account_id = (SELECT account_id FROM crm.account WHERE name = @account) AND contact_id = @ContactId
            """,
            new { account, contact.ContactId });
        var source = CampaignWorld.HasTag(await world.TagAsync(account, "all", contact));
        await world.SuppressAsync(account, contact.Email);
        await Eventually.ReadAsync(() => ReachAsync(account, source), reach => reach.Suppressed == 1, "the key to be made again");
    }

    private static void SetCountry(Contact contact, string phone, string country)
    {
        contact.Phone = phone;
        contact.Fields = new() { Fields = { ["country"] = Google.Protobuf.WellKnownTypes.Value.ForString(country) } };
    }

    private async Task<ChannelReach> ReachAsync(string account, FilterSource source, Channel channel = Channel.Email) =>
        (await world.Apps.Segments.PreviewSegmentAsync(new PreviewSegmentRequest { Account = account, Source = source }))
            .Channels.Single(reach => reach.Channel == channel);
}
