using Crm.Contacts.V1;
using Crm.Common.V1;
using TagSegments.EndToEnd.Tests.People;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Telemetry;

/// <summary>The services with a file for their spans, and an account with one contact who is "Hot".</summary>
public sealed class TracedApps : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tagsegments_traces_").FullName;

    public const string Account = "traced";

    public TestApps Apps { get; private set; } = null!;

    public CapturedLogs Logs { get; } = new();

    public int ContactId { get; private set; }

    internal IReadOnlyList<Span> Spans => Span.Read(File);

    private string File => Path.Combine(_folder, "traces.jsonl");

    public async Task InitializeAsync()
    {
        Apps = await TestApps.StartAsync(new()
        {
            TraceFile = File,
            Logs = Logs,
            Settings = new Dictionary<string, string?>(MarkedPerson.Settings) { ["Segments:ShadowShare"] = "0", ["Logging:Level"] = "Information" },
        });
        await Apps.Accounts.CreateAccountAsync(new() { Account = Account });
        var consent = new Consent { Channel = Channel.Email, State = Consent.Types.State.Subscribed, Source = "form" };
        var contact = new Contact { Email = "ada@example.com", FirstName = "Ada", Consents = { consent } };
        ContactId = (await Apps.Contacts.CreateContactAsync(new() { Account = Account, Contact = contact })).Contact.ContactId;
        await Apps.Tags.AddTagsAsync(new() { Account = Account, ContactId = ContactId, TagNames = { "Hot" }, CreateMissing = true });
    }

    public async Task DisposeAsync()
    {
        await Apps.DisposeAsync();
        Logs.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Waits until a trace has what is expected, and returns it: spans are written in batches.</summary>
    internal Task<IReadOnlyList<Span>> TraceAsync(string trace, Func<IReadOnlyList<Span>, bool> isComplete) => Eventually.ReadAsync(
        () => Task.FromResult<IReadOnlyList<Span>>([.. Spans.Where(span => span.Trace == trace)]), isComplete);
}
