using System.Text;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Workflows.V1;
using Microsoft.AspNetCore.Http;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;
using TagSegments.Workflows.Tests.Notifications;
using Outcome = Crm.Workflows.V1.Step.Types.Outcome;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>Messages to contacts, to people of the account's own, and to the owners of workflows.</summary>
public sealed class MessageTests : IAsyncLifetime
{
    private const string Ping = "{name: Ping, owner_email: owner@acme.example, triggers: [{tag: {tags: [A]}}], nodes: [{id: off, remove_tag: {tag: A}, next: on}, {id: on, add_tag: {tag: B}}]}";
    private const string Pong = "{name: Pong, triggers: [{tag: {tags: [B]}}], nodes: [{id: off, remove_tag: {tag: B}, next: on}, {id: on, add_tag: {tag: A}}]}";

    private readonly SmtpSink _mail = SmtpSink.Start();
    private HookReceiver _provider = null!;
    private TestApps _apps = null!;
    private WorkflowAccount _crm = null!;

    public async Task InitializeAsync()
    {
        _provider = await HookReceiver.StartAsync();
        _apps = await TestApps.StartAsync(new TestAppsOptions
        {
            Settings = new Dictionary<string, string?>
            {
                ["Egress:AllowedNetworks:0"] = "127.0.0.0/8",
                ["Notifications:WebhookSeconds"] = "5",
                ["Smtp:Port"] = $"{_mail.Port}",
                ["Sms:Url"] = _provider.Url.ToString(),
                ["Retries:FirstMilliseconds"] = "10",
                ["Retries:Attempts"] = "2",
            },
        });
        _crm = await WorkflowAccount.NewAsync(_apps, "Start", "A", "B");
        await _apps.AddToTeamAsync(_crm.Name, "sales@acme.example", "owner@acme.example");
    }

    public async Task DisposeAsync()
    {
        await _apps.DisposeAsync();
        await _provider.DisposeAsync();
        await _mail.DisposeAsync();
    }

    [Fact]
    public async Task An_email_and_a_text_message_are_sent_with_what_is_known_of_the_contact()
    {
        var contact = await _crm.NewContactAsync(new Contact { FirstName = "Ada", Email = "ada@example.org", Phone = "+491511234" });
        var workflow = await _crm.PublishAsync("""
            name: W
            triggers: [{tag: {tags: [Start]}}]
            nodes:
            - {id: mail, send_message: {subject: 'Hello {{ contact.first_name }}', text: Welcome}, next: text}
            - {id: text, send_message: {channel: sms, text: 'Hi {{ contact.first_name }}'}}
            """);

        await _crm.AddTagAsync(contact, "Start");

        var run = await _crm.WaitForRunAsync(workflow, contact, State.Completed);
        Assert.All(await _crm.HistoryAsync(run), step => Assert.Equal(Outcome.Done, step.Outcome));
        Assert.Equal("Hello Ada", (await MailToAsync("ada@example.org")).Header("Subject"));
        await Eventually.HoldsAsync(() => _provider.Deliveries.Count == 1);
        Assert.Contains("Hi Ada", Encoding.UTF8.GetString(_provider.Deliveries[0].Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_may_not_be_sent_is_skipped_with_the_reason_and_the_run_goes_on()
    {
        var contact = await _crm.NewContactAsync();
        var workflow = await _crm.PublishAsync("""
            name: W
            triggers: [{tag: {tags: [Start]}}]
            nodes:
            - {id: mail, send_message: {subject: Hello, text: Welcome}, next: mark}
            - {id: mark, add_tag: {tag: A}}
            """);

        await _crm.AddTagAsync(contact, "Start");

        var steps = await _crm.HistoryAsync(await _crm.WaitForRunAsync(workflow, contact, State.Completed));
        Assert.Equal([Outcome.Skipped, Outcome.Done], steps.Select(step => step.Outcome));
        Assert.StartsWith("not sent: ", steps[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finding_16_a_message_whose_template_fails_for_the_contact_is_failed_in_the_ledger()
    {
        var contact = await _crm.NewContactAsync(new Contact { FirstName = "Bob", Email = "bob@example.org" });
        var workflow = await _crm.PublishAsync("""
            name: W
            triggers: [{tag: {tags: [Start]}}]
            nodes:
            - {id: mail, send_message: {subject: Hello, text: "{% if contact.first_name == 'Bob' %}{{ 1 | divided_by: 0 }}{% endif %}Hi"}}
            """);

        await _crm.AddTagAsync(contact, "Start");

        var step = Assert.Single(await _crm.HistoryAsync(await _crm.WaitForRunAsync(workflow, contact, State.Completed)));
        var messages = new MessageService.MessageServiceClient(_apps.Channel(Service.Campaigns));
        var sent = await Eventually.ReadAsync(
            async () => (await messages.GetMessageAsync(new() { Account = _crm.Name, MessageId = step.Detail.Split(' ')[1] })).Recipient,
            recipient => recipient.State is Recipient.Types.State.Failed,
            "the message to be failed");
        Assert.Equal(Recipient.Types.Reason.Template, sent.Reason);
        Assert.DoesNotContain(_mail.Messages, mail => mail.Recipients.Contains("bob@example.org"));
    }

    [Fact]
    public async Task People_of_the_accounts_own_are_notified_by_email()
    {
        var contact = await _crm.NewContactAsync();
        var workflow = await _crm.PublishAsync(
            "{name: Alarm, triggers: [{tag: {tags: [Start]}}], nodes: [{id: tell, notify: {email: sales@acme.example, message: A hot lead}}]}");

        await _crm.AddTagAsync(contact, "Start");

        var run = await _crm.WaitForRunAsync(workflow, contact, State.Completed);
        var mail = await MailToAsync("sales@acme.example");
        Assert.Equal($"Alarm: contact {contact}", mail.Header("Subject"));
        Assert.Contains("A hot lead", mail.Text, StringComparison.Ordinal);
        Assert.Contains(run.RunId, mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finding7_a_notification_to_somebody_who_has_left_parks_the_run_and_one_to_a_suppressed_address_is_skipped()
    {
        await _apps.Activity.AddSuppressionAsync(new()
        {
            Account = _crm.Name,
            Suppression = new() { Address = "sales@acme.example", Reason = Crm.Activity.V1.Suppression.Types.Reason.Complained },
        });
        var tells = await _crm.PublishAsync(
            "{name: Alarm, triggers: [{tag: {tags: [Start]}}], nodes: [{id: tell, notify: {email: sales@acme.example, message: A hot lead}}]}");
        await _apps.AddToTeamAsync(_crm.Name, "former@acme.example");
        var spams = await _crm.PublishAsync(
            "{name: Spam, triggers: [{tag: {tags: [Start]}}], nodes: [{id: tell, notify: {email: former@acme.example, message: Buy}}]}");
        await _apps.Team.RemoveTeamAddressAsync(new() { Account = _crm.Name, Address = "former@acme.example" });
        var contact = await _crm.NewContactAsync(null, "Start");

        var skipped = Assert.Single(await _crm.HistoryAsync(await _crm.WaitForRunAsync(tells, contact, State.Completed)));
        var parked = await _crm.WaitForRunAsync(spams, contact, State.Parked);

        Assert.Equal((Outcome.Skipped, "not sent: Suppressed"), (skipped.Outcome, skipped.Detail));
        Assert.Contains("not a confirmed team address", parked.Reason, StringComparison.Ordinal);
        Assert.Empty(_mail.Messages);
    }

    [Fact]
    public async Task The_owner_of_a_workflow_is_told_that_it_was_stopped_in_a_loop()
    {
        var ping = await _crm.PublishAsync(Ping);
        await _crm.PublishAsync(Pong, acceptLoops: true);
        var contact = await _crm.NewContactAsync(null, "A");

        var stopped = (await _crm.WaitForRunsAsync(ping, contact, 2, State.Completed, State.LoopStopped)).Single(run => run.State is State.LoopStopped);

        var mail = await MailToAsync("owner@acme.example");
        Assert.Equal("Ping: 1 run stopped in a loop", mail.Header("Subject"));
        Assert.Contains("Ping > Pong > Ping", mail.Text, StringComparison.Ordinal);
        Assert.Contains(stopped.RunId, mail.Text, StringComparison.Ordinal);
        Assert.Equal(1, (await ListedAsync(ping)).LoopStoppedRuns);
    }

    [Fact]
    public async Task The_owner_of_a_workflow_is_told_of_parked_runs_once_an_hour_at_most()
    {
        _provider.Answer = _ => Results.StatusCode(500);
        var workflow = await _crm.PublishAsync(
            $"{{name: W, owner_email: owner@acme.example, triggers: [{{tag: {{tags: [Start]}}}}], nodes: [{{id: tell, notify: {{webhook_url: '{_provider.Url}'}}}}]}}");

        var first = await _crm.NewContactAsync(null, "Start");
        await _crm.WaitForRunAsync(workflow, first, State.Parked);
        var mail = await MailToAsync("owner@acme.example");
        var second = await _crm.NewContactAsync(null, "Start");
        await _crm.WaitForRunAsync(workflow, second, State.Parked);

        Assert.Equal("W: 1 run parked", mail.Header("Subject"));
        Assert.Contains("The webhook answered 500.", mail.Text, StringComparison.Ordinal);
        Assert.Equal(2, (await ListedAsync(workflow)).ParkedRuns);
        Assert.Single(_mail.Messages, message => message.Recipients.Contains("owner@acme.example"));
    }

    [Fact]
    public async Task A_webhook_that_hangs_is_given_up_and_its_run_parked_with_the_reason()
    {
        var contact = await _crm.NewContactAsync();
        var workflow = await _crm.PublishAsync(
            $"{{name: W, triggers: [{{tag: {{tags: [Start]}}}}], nodes: [{{id: tell, notify: {{webhook_url: '{new Uri(_provider.Url, "/slow")}'}}}}]}}");

        await _crm.AddTagAsync(contact, "Start");

        var run = await _crm.WaitForRunAsync(workflow, contact, State.Parked);
        Assert.Equal("The webhook did not answer within 5 s.", run.Reason);
    }

    private async Task<SmtpMessage> MailToAsync(string address)
    {
        await Eventually.HoldsAsync(() => _mail.Messages.Any(mail => mail.Recipients.Contains(address)), $"mail to {address}");
        return _mail.Messages.First(mail => mail.Recipients.Contains(address));
    }

    private async Task<Workflow> ListedAsync(Workflow workflow)
    {
        var listed = await _apps.Workflows.ListWorkflowsAsync(new() { Account = _crm.Name });
        return listed.Workflows.Single(other => other.WorkflowId == workflow.WorkflowId);
    }
}
