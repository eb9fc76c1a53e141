using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using MimeKit;
using TagSegments.Campaigns.Content;
using TagSegments.Campaigns.Delivery;
using TagSegments.Testing;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Tests.Lanes;

/// <summary>Finding 16: a message that cannot be made is failed in the ledger, with the reason, and its lane goes on.</summary>
public sealed class UnmadeMessageTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    private const string FailsForBob = "{% if contact.first_name == 'Bob' %}{{ 1 | divided_by: 0 }}{% endif %}Hello";

    [Fact]
    public async Task Finding_16_a_template_that_fails_for_some_contacts_fails_their_messages_alone()
    {
        var account = await world.Apps.NewAccountAsync();
        var contacts = new List<Contact>();
        for (var i = 0; i < 30; i++)
        {
            contacts.Add(await world.ContactAsync(account, change: c => c.FirstName = i % 3 == 0 ? "Bob" : "Ann"));
        }

        var campaign = await world.StartAsync(account, CampaignWorld.Everyone, c => c.Message.Text = FailsForBob);

        await world.WaitForCampaignAsync(account, campaign.CampaignId, Campaign.Types.State.Sent);
        var bobs = contacts.Where(c => c.FirstName == "Bob").Select(c => c.ContactId).ToHashSet();
        Assert.All(await world.LedgerAsync(account, campaign.CampaignId), recipient =>
        {
            var isBob = bobs.Contains(recipient.ContactId);
            Assert.Equal(isBob ? (State.Failed, Reason.Template) : (State.Accepted, Reason.Unspecified), (recipient.State, recipient.Reason));
            Assert.Equal(isBob, recipient.Detail == "A number is divided by zero.");
            Assert.Equal(1, recipient.Attempts);
        });

        Assert.Equal(20, world.MailOf([.. contacts]).Count);
    }

    [Fact]
    public async Task Finding_16_a_single_message_whose_template_fails_at_the_send_is_failed()
    {
        var account = await world.Apps.NewAccountAsync();
        var bob = await world.ContactAsync(account, change: c => c.FirstName = "Bob");

        var sent = await world.SendAsync(account, bob.ContactId, CampaignWorld.Text("Hi", FailsForBob));

        var recipient = await world.WaitForMessageAsync(account, sent.MessageId, State.Failed);
        Assert.Equal((Reason.Template, "A number is divided by zero."), (recipient.Reason, recipient.Detail));
        Assert.Empty(world.MailOf(bob));
    }

    [Fact]
    public async Task Finding_16_whatever_else_goes_wrong_before_a_message_leaves_is_failed_and_not_unknown()
    {
        var (account, other) = (await world.Apps.NewAccountAsync(), await world.Apps.NewAccountAsync());
        var (ann, bob) = (await world.ContactAsync(account), await world.ContactAsync(other));
        // A message that no call would store cannot even be read.
        await world.ExecuteAsync(
            $$"""
            CREATE FUNCTION campaigns.spoil() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN NEW.message := '{"subject": ["x"]}'; RETURN NEW; END $$;
            CREATE TRIGGER spoil BEFORE INSERT ON campaigns.single_message
            FOR EACH ROW WHEN (NEW.account_name = '{{account}}') EXECUTE FUNCTION campaigns.spoil()
            """);

        var broken = await world.SendAsync(account, ann.ContactId, CampaignWorld.Text("Hi"));
        var sent = await world.SendAsync(other, bob.ContactId, CampaignWorld.Text("Hi"));

        Assert.Equal(Reason.Template, (await world.WaitForMessageAsync(account, broken.MessageId, State.Failed)).Reason);
        await world.WaitForMessageAsync(other, sent.MessageId, State.Accepted);
    }

    [Fact]
    public async Task Finding_16_half_a_character_from_a_template_breaks_no_lane_and_no_preview()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.ContactAsync(account, change: c => c.FirstName = "😀Ann");
        const string half = "{{ contact.first_name | slice: 0, 1 }}";
        var message = new Message { Subject = half, Text = half, Html = $"<a href=\"https://example.org/{half}\">{half}</a>" };

        var sent = await world.SendAsync(account, contact.ContactId, message);
        var campaign = await world.CreateAsync(account, CampaignWorld.Everyone, c => c.Message = message);
        await world.Campaigns.PreviewMessageAsync(new() { Account = account, CampaignId = campaign.CampaignId, ContactId = contact.ContactId });

        await world.WaitForMessageAsync(account, sent.MessageId, State.Accepted);
    }

    [Fact]
    public async Task Finding_16_a_preview_for_a_contact_for_whom_a_template_fails_is_refused()
    {
        var account = await world.Apps.NewAccountAsync();
        var bob = await world.ContactAsync(account, change: c => c.FirstName = "Bob");
        var campaign = await world.CreateAsync(account, CampaignWorld.Everyone, c => c.Message.Text = FailsForBob);

        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.TemplateInvalid,
            async () => await world.Campaigns.PreviewMessageAsync(
                new() { Account = account, CampaignId = campaign.CampaignId, ContactId = bob.ContactId }),
            "campaign.message");
    }

    [Fact]
    public void Finding_16_only_what_the_machine_may_be_the_reason_for_is_tried_again()
    {
        Assert.Equal((State.Failed, Reason.Template), Judge(new TemplateException("x")));
        Assert.Equal((State.Failed, Reason.Template), Judge(new InvalidOperationException()));
        Assert.Equal((State.Failed, Reason.InvalidAddress), Judge(new ParseException("x", 0, 0)));
        Assert.Equal((State.Deferred, Reason.Unspecified), Judge(new TemplateException("x", new TimeoutException())));
        Assert.Equal((State.Deferred, Reason.Unspecified), Judge(new InsufficientMemoryException()));

        static (State, Reason) Judge(Exception e) => (HandoverResult.NotMade(e).State, HandoverResult.NotMade(e).Reason);
    }

    [Fact]
    public void Finding_16_a_detail_is_one_line_of_whole_characters()
    {
        Assert.Equal("two  lines", HandoverResult.Accepted("two\r\nlines").Detail);
        Assert.Equal("half \uFFFD", HandoverResult.Accepted("half \uD83D").Detail);
        var cut = HandoverResult.Accepted("x" + string.Concat(Enumerable.Repeat("😀", 1_000))).Detail;
        Assert.InRange(cut.Length, 300, 400);
        Assert.DoesNotContain('\uFFFD', cut);
        Assert.False(char.IsHighSurrogate(cut[^1]));
    }
}
