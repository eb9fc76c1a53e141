using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;
using TagSegments.Workflows.Tests.Runs;
using RecipientState = Crm.Campaigns.V1.Recipient.Types.State;
using RunState = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Notifications;

/// <summary>
/// Finding 31 of the security review: the address of a workflow's owner was in the log, and those of recipients in the ledger, as mail servers
/// quote them. Here everything fails that has to do with a person, and each failure quotes the person.
/// </summary>
public sealed class Finding31Tests : IAsyncLifetime, IDisposable
{
    private const string Mark = "zq7vk3";
    private const string Email = $"{Mark}@person.example";
    private const string Phone = "+4915112345678";
    private const string Owner = $"boss-{Mark}@acme.example";
    private readonly SmtpSink _mail = SmtpSink.Start(new() { Script = RefuseAndQuote });
    private readonly CapturedLogs _logs = new();
    private TestApps _apps = null!;
    private WorkflowAccount _crm = null!;

    public async Task InitializeAsync()
    {
        _apps = await TestApps.StartAsync(new TestAppsOptions
        {
            Logs = _logs,
            Settings = new Dictionary<string, string?>
            {
                ["Smtp:Port"] = $"{_mail.Port}",
                ["Retries:FirstMilliseconds"] = "10",
                ["Retries:Attempts"] = "2",
                ["Logging:Level"] = "Debug",
            },
        });
        _crm = await WorkflowAccount.NewAsync(_apps, "Start");
    }

    public async Task DisposeAsync()
    {
        await _apps.DisposeAsync();
        await _mail.DisposeAsync();
    }

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task Finding_31_No_log_has_the_name_the_address_or_the_number_of_a_person()
    {
        await _apps.AddToTeamAsync(_crm.Name, Email);
        var workflow = await _crm.PublishAsync($$$"""
            {name: W, owner_email: {{{Owner}}}, triggers: [{tag: {tags: [Start]}}],
             nodes: [{id: tell, notify: {email: {{{Email}}}, message: "{{ contact.first_name }} {{ contact.email }} {{ contact.phone }}"}}]}
            """);
        await _apps.Team.RemoveTeamAddressAsync(new() { Account = _crm.Name, Address = Email });
        var person = new Contact { ExternalId = Mark, FirstName = $"Ann {Mark}", LastName = Mark, Email = Email, Phone = Phone };

        var contact = await _crm.NewContactAsync(person, "Start");
        var refused = await SendAsync(contact);
        await Expect.FailureAsync(() => _apps.Contacts.CreateContactAsync(new() { Account = _crm.Name, Contact = person }).ResponseAsync);
        await _crm.ImportAsync($"id,email,phone\n1,{Mark} no address,{Phone}\n2,{Email},{Phone}\n");
        var run = await _crm.WaitForRunAsync(workflow, contact, RunState.Parked);

        await Eventually.HoldsAsync(() => _logs.Lines.Any(line => line.Contains("is not told", StringComparison.Ordinal)), "the owner is not told");
        Assert.Contains("(address)", refused.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Mark, refused.Detail + run.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.All(_logs.Lines, line =>
        {
            Assert.DoesNotContain(Mark, line, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Phone[1..], line, StringComparison.Ordinal);
        });
    }

    private async Task<Recipient> SendAsync(int contact)
    {
        var message = new Message { Subject = "Hello", Text = "Hello" };
        var sent = await _apps.Messages.SendMessageAsync(new() { Account = _crm.Name, ContactId = contact, Message = message, RequestId = "1" });
        return await Eventually.ReadAsync(
            async () => (await _apps.Messages.GetMessageAsync(new() { Account = _crm.Name, MessageId = sent.MessageId })).Recipient,
            recipient => recipient.State == RecipientState.Failed);
    }

    private static SmtpReaction RefuseAndQuote(SmtpStep step) => step.Stage == SmtpStage.Recipient
        ? SmtpReaction.Refuse(550, $"5.1.1 <{step.Recipient}>: Recipient address rejected: {Phone}")
        : SmtpReaction.Accept;
}
