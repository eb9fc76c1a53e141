using System.Security.Cryptography.X509Certificates;
using Crm.Campaigns.V1;
using TagSegments.Campaigns.Delivery;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;
using TagSegments.Testing.Tls;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Tests.Delivery;

// Mail servers that require encryption and a password: with the right ones messages are sent, otherwise nothing is.
public sealed class SmtpSecurityTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly X509Certificate2 _certificate;
    private int _connections;

    public SmtpSecurityTests() => _certificate = _authority.IssueForThisMachine();

    public void Dispose()
    {
        _certificate.Dispose();
        _authority.Dispose();
    }

    [Theory]
    [InlineData("tls", true)]
    [InlineData("starttls", true)]
    [InlineData("tls", false)]
    public async Task Messages_leave_encrypted_and_logged_in_with_and_without_the_fast_path(string security, bool fastPath)
    {
        await using var mail = StartMail(implicitTls: security == "tls");

        var recipient = await SendAsync(mail, security, "secret", _authority.CertificateFile, r => r.State == State.Accepted, fastPath);

        Assert.Equal(1, recipient.Attempts);
        Assert.Single(mail.Messages);
    }

    // The answer would come over the Internet: in the network of the overlay for production, no mail left.
    [Fact]
    public void Nobody_is_asked_whether_a_certificate_was_revoked()
    {
        using var client = SmtpTransport.NewClient();

        Assert.False(client.CheckCertificateRevocation);
    }

    [Fact]
    public Task With_a_wrong_password_nothing_leaves_and_no_attempt_counts() => NothingLeavesAsync("starttls", "wrong", _authority.CertificateFile);

    [Fact]
    public Task A_certificate_that_nobody_vouches_for_is_refused() => NothingLeavesAsync("starttls", "secret", authority: "");

    [Fact]
    public async Task A_server_without_the_encryption_that_is_asked_for_gets_nothing()
    {
        await using var mail = SmtpSink.Start(new SmtpSinkOptions { Script = Count });

        await NothingLeavesAsync(mail, "starttls", "", "");
    }

    private async Task NothingLeavesAsync(string security, string password, string authority)
    {
        await using var mail = StartMail(implicitTls: security == "tls");
        await NothingLeavesAsync(mail, security, password, authority);
    }

    // It has tried for the third time and still waits.
    private async Task NothingLeavesAsync(SmtpSink mail, string security, string password, string authority)
    {
        var recipient = await SendAsync(mail, security, password, authority, _ => Volatile.Read(ref _connections) >= 3);

        Assert.Equal(0, recipient.Attempts);
        Assert.Contains(recipient.State, new[] { State.Pending, State.Claimed });
        Assert.Empty(mail.Messages);
    }

    private SmtpSink StartMail(bool implicitTls) => SmtpSink.Start(new SmtpSinkOptions
    {
        Certificate = _certificate,
        ImplicitTls = implicitTls,
        User = "sender",
        Password = "secret",
        Script = Count,
    });

    private SmtpReaction Count(SmtpStep step)
    {
        if (step.Stage == SmtpStage.Connect)
        {
            Interlocked.Increment(ref _connections);
        }

        return SmtpReaction.Accept;
    }

    private static async Task<Recipient> SendAsync(
        SmtpSink mail, string security, string password, string authority, Func<Recipient, bool> reached, bool fastPath = true)
    {
        var settings = CampaignWorld.Settings(mail.Port);
        settings["Smtp:FastPath"] = fastPath.ToString();
        (settings["Smtp:Security"], settings["Smtp:Authority"]) = (security, authority);
        (settings["Smtp:User"], settings["Smtp:Password"]) = (password.Length > 0 ? "sender" : "", password);
        settings["Delivery:Connections"] = "1";
        await using var apps = await TestApps.StartAsync(
            new TestAppsOptions { Services = [Service.Tags, Service.Segments, Service.Campaigns], Settings = settings });
        var account = await apps.NewAccountAsync();
        var contact = (await apps.Contacts.CreateContactAsync(new() { Account = account, Contact = new() { Email = "ann@x.example" } })).Contact;
        var messages = new MessageService.MessageServiceClient(apps.Channel(Service.Campaigns));
        var sent = await messages.SendMessageAsync(
            new() { Account = account, ContactId = contact.ContactId, Message = CampaignWorld.Text("Hello"), RequestId = "1" });
        return await Eventually.ReadAsync(
            async () => (await messages.GetMessageAsync(new() { Account = account, MessageId = sent.MessageId })).Recipient, reached);
    }
}
