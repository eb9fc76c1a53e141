using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using Kind = Crm.Activity.V1.Activity.Types.Kind;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Tests.Messages;

public sealed class SendMessageTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task Renders_the_message_for_the_contact()
    {
        var (account, contact) = await ArrangeAsync(c => c.FirstName = "Änn & Co");

        await world.SendAsync(account, contact.ContactId, new Message
        {
            FromName = "News",
            Subject = "Hi {{ contact.first_name }}",
            Text = "Dear {{ contact.first_name }}",
            Html = """<p>Dear {{ contact.first_name }} <a href="https://example.org/x">x</a></p>""",
        });

        var mail = await world.Mail.WaitForAsync(m => m.Recipients.Contains(contact.Email), Eventually.Patience);
        using var parsed = await MimeKit.MimeMessage.LoadAsync(new MemoryStream(mail.Data.ToArray()));
        Assert.Equal("Hi Änn & Co", parsed.Subject);
        Assert.Equal("\"News\" <news@acme.example>", parsed.From.ToString());
        Assert.StartsWith("Dear Änn & Co", parsed.TextBody, StringComparison.Ordinal);
        Assert.Contains("Dear &#xC4;nn &amp; Co", parsed.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("https://example.org/x", parsed.HtmlBody, StringComparison.Ordinal);
        Assert.Equal("List-Unsubscribe=One-Click", mail.Header("List-Unsubscribe-Post"));
        Assert.Matches("^<http.*/u/.*>$", mail.Header("List-Unsubscribe"));
    }

    [Fact]
    public async Task A_repeated_request_sends_one_message()
    {
        var (account, contact) = await ArrangeAsync();
        var request = new SendMessageRequest
        {
            Account = account,
            ContactId = contact.ContactId,
            Message = CampaignWorld.Text("Once"),
            RequestId = "run 1 node 2",
        };

        var sent = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ => await world.Messages.SendMessageAsync(request)));

        Assert.Single(sent.Select(s => s.MessageId).Distinct());
        await world.WaitForMessageAsync(account, sent[0].MessageId, State.Accepted);
        Assert.Single(world.Mail.Messages, m => m.Recipients.Contains(contact.Email));
    }

    [Fact]
    public async Task Needs_a_request_id()
    {
        var (account, contact) = await ArrangeAsync();

        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            async () => await world.Messages.SendMessageAsync(
                new() { Account = account, ContactId = contact.ContactId, Message = CampaignWorld.Text("x") }),
            "request_id");
    }

    [Fact]
    public async Task An_accepted_message_is_an_activity()
    {
        var (account, contact) = await ArrangeAsync();

        var sent = await world.SendAsync(account, contact.ContactId, CampaignWorld.Text("x"));

        await world.WaitForMessageAsync(account, sent.MessageId, State.Accepted);
        var listed = await world.Activities.ListActivitiesAsync(new() { Account = account, ContactId = contact.ContactId });
        Assert.Equal(Kind.Sent, Assert.Single(listed.Activities).Kind);
    }

    [Fact]
    public async Task Skips_contacts_that_may_not_be_reached_and_says_why()
    {
        Assert.Equal(Reason.NoAddress, await SkipAsync(c => c.Email = ""));
        Assert.Equal(Reason.DoNotDisturb, await SkipAsync(c => c.DoNotDisturb = true));
        Assert.Equal(Reason.Suppressed, await SkipAsync(_ => { }, (account, contact) => world.Activities.AddSuppressionAsync(new()
        {
            Account = account,
            Suppression = new() { Address = contact.Email.ToUpperInvariant(), Reason = Crm.Activity.V1.Suppression.Types.Reason.Bounced },
        }).ResponseAsync));
        Assert.Equal(Reason.Deleted, await SkipAsync(_ => { }, (account, contact) => world.Apps.Contacts.DeleteContactAsync(
            new() { Account = account, ContactId = contact.ContactId }).ResponseAsync));
        Assert.Equal(Reason.Unsubscribed, await SkipAsync(_ => { }, (account, contact) => world.Apps.Contacts.SetConsentAsync(new()
        {
            Account = account,
            ContactId = contact.ContactId,
            Consent = new() { Channel = Channel.Email, State = Consent.Types.State.Unsubscribed },
        }).ResponseAsync));
    }

    [Fact]
    public async Task A_name_with_line_breaks_adds_no_header()
    {
        var (account, contact) = await ArrangeAsync(c => c.FirstName = "Ann");
        await world.ExecuteAsync(
            "UPDATE crm.contact SET first_name = E'A\\r\\nBcc: x@evil.example' WHERE contact_id = @ContactId AND email = @Email", contact);

        await world.SendAsync(account, contact.ContactId, CampaignWorld.Text("Hi {{ contact.first_name }}"));

        var mail = await world.Mail.WaitForAsync(m => m.Recipients.Contains(contact.Email), Eventually.Patience);
        Assert.Null(mail.Header("Bcc"));
        Assert.Single(mail.Recipients);
    }

    private async Task<Reason> SkipAsync(Action<Contact> change, Func<string, Contact, Task>? then = null)
    {
        var (account, contact) = await ArrangeAsync(change);
        await (then?.Invoke(account, contact) ?? Task.CompletedTask);
        var sent = await world.SendAsync(account, contact.ContactId, CampaignWorld.Text("x"));
        Assert.Equal(State.Skipped, sent.Recipient.State);
        return sent.Recipient.Reason;
    }

    private async Task<(string Account, Contact Contact)> ArrangeAsync(Action<Contact>? change = null)
    {
        var account = await world.Apps.NewAccountAsync();
        return (account, await world.NewContactAsync(account, $"{Guid.NewGuid():N}@x.example", change));
    }
}
