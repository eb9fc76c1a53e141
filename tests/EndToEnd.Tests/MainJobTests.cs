using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;
using TagSegments.Embedded.Smtp;
using TagSegments.Standalone.Demo;
using TagSegments.Testing;
using TagSegments.Testing.Auth;
using TagSegments.Testing.Tls;

namespace TagSegments.EndToEnd.Tests;

/// <summary>The main job of the product, from import to workflow, over real SMTP. The demo checks each step and fails at the first fault.</summary>
public sealed class MainJobTests
{
    [Fact]
    public Task The_main_job_runs_end_to_end() => RunAsync(null);

    [Fact]
    public async Task The_main_job_runs_with_tokens_of_a_signing_key()
    {
        await using var issuer = new SigningKeyIssuer();

        await RunAsync(issuer);
    }

    [Fact]
    public async Task Finding_4_The_main_job_runs_with_tokens_of_an_identity_provider()
    {
        await using var issuer = await IdentityProvider.StartAsync();

        await RunAsync(issuer);
    }

    [Fact]
    public async Task Finding_6_The_main_job_runs_over_TLS_alone()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.IssueForThisMachine();
        await using var postgres = await TlsPostgres.StartAsync(authority);
        await using var redis = await TlsRedis.StartAsync(authority);
        await using var sink = SmtpSink.Start(new() { Certificate = certificate, User = "crm", Password = "secret" });
        await using var issuer = new SigningKeyIssuer();
        var databases = await PostgresFixture.OnAsync(postgres.ConnectionString(authority));

        await RunAsync(issuer, sink, new()
        {
            Authority = authority,
            Database = await databases.CreateDatabaseAsync(),
            Redis = redis.ConnectionString,
            Settings = new Dictionary<string, string?>
            {
                ["Redis:Authority"] = authority.CertificateFile,
                ["Smtp:Security"] = "starttls",
                ["Smtp:Authority"] = authority.CertificateFile,
                ["Smtp:User"] = "crm",
                ["Smtp:Password"] = "secret",
                ["Notifications:Security"] = "starttls",
                ["Notifications:Authority"] = authority.CertificateFile,
                ["Notifications:User"] = "crm",
                ["Notifications:Password"] = "secret",
            },
        });
    }

    private static async Task RunAsync(TokenIssuer? issuer)
    {
        await using var sink = SmtpSink.Start();
        await RunAsync(issuer, sink, new());
    }

    private static async Task RunAsync(TokenIssuer? issuer, SmtpSink sink, TestAppsOptions options)
    {
        using var logs = new CapturedLogs();
        await using var apps = await TestApps.StartAsync(options with
        {
            Logs = logs,
            Settings = new Dictionary<string, string?>(options.Settings.Concat(issuer?.Settings ?? new Dictionary<string, string?>()))
            {
                ["Logging:Level"] = "Debug",
                ["Smtp:Host"] = "127.0.0.1",
                ["Smtp:Port"] = sink.Port.ToString(null, null),
                ["Smtp:From"] = "news@example.com",
            },
        });
        using var services = new Services(
            new ServerAddresses(Address(Service.Tags), Address(Service.Segments), Address(Service.Campaigns), Address(Service.Workflows)),
            issuer?.Token("*", AllScopes),
            options.Authority?.CertificateFile);
        var output = new StringWriter();
        var demo = new DemoRun(services, new Report(output, output, isJson: false), TimeProvider.System);

        await demo.RunAsync(contacts: 4_000, subject => MailsWith(sink, subject), CancellationToken.None);

        Assert.Contains("lucy.late@example.com: got \"Spring offer\"", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("checks passed", output.ToString(), StringComparison.Ordinal);
        AssertNamesNobody(logs, sink);

        Uri Address(Service service) => new(apps.GrpcAddress(service));
    }

    // Finding 31 of the security review: addresses of people were in the logs.
    private static void AssertNamesNobody(CapturedLogs logs, SmtpSink sink)
    {
        var people = sink.Messages.SelectMany(mail => mail.Recipients).Append("lucy.late@example.com").ToHashSet();
        Assert.NotEmpty(logs.Lines);
        Assert.All(logs.Lines, line =>
        {
            Assert.DoesNotContain(people, person => line.Contains(person, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain("Lucy", line, StringComparison.Ordinal);
        });
    }

    private const string AllScopes =
        "contacts.read contacts.write contacts.export tags.write segments.write campaigns.write campaigns.send workflows.write account.admin platform.admin";

    private static List<string> MailsWith(SmtpSink sink, string subject) =>
        sink.Messages.Where(mail => mail.Header("Subject") == subject).SelectMany(mail => mail.Recipients).ToList();
}
