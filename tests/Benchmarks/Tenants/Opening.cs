using System.Diagnostics;
using Crm.Accounts.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Tenants;

/// <summary>Opens accounts as a new customer does: a contact, tags, a segment and a published workflow each.</summary>
internal sealed class Opening(TenantRig rig)
{
    /// <summary>The tag that starts the workflow: the first one of the account.</summary>
    public const int InTag = 1;

    /// <summary>The tag that the workflow adds: the second one of the account.</summary>
    public const int OutTag = 2;

    /// <summary>The name of the segment.</summary>
    public const string Segment = "Customers";

    private const int Callers = 8;

    private const string Yaml = "{name: Mark, triggers: [{tag: {tags: [In]}}], nodes: [{id: mark, add_tag: {tag: Out}}]}";

    private readonly AccountService.AccountServiceClient _accounts = new(rig.Connect(Service.Tags));
    private readonly ContactService.ContactServiceClient _contacts = new(rig.Connect(Service.Tags));
    private readonly TagService.TagServiceClient _tags = new(rig.Connect(Service.Tags));
    private readonly SegmentService.SegmentServiceClient _segments = new(rig.Connect(Service.Segments));
    private readonly WorkflowService.WorkflowServiceClient _workflows = new(rig.Connect(Service.Workflows));

    private readonly Dictionary<string, Latencies> _steps = [];

    /// <summary>Opens one account and returns how many milliseconds it took.</summary>
    public async Task<double> OpenAsync(string account)
    {
        var start = Stopwatch.GetTimestamp();
        await StepAsync(_accounts.CreateAccountAsync(new CreateAccountRequest { Account = account }));
        var created = _contacts.CreateContactAsync(new CreateContactRequest { Account = account, Contact = new Contact { Email = "ada@x.example" } });
        var contact = await StepAsync(created);
        await StepAsync(_tags.CreateTagAsync(new CreateTagRequest { Account = account, Tag = new Tag { Name = "In" } }));
        await StepAsync(_tags.CreateTagAsync(new CreateTagRequest { Account = account, Tag = new Tag { Name = "Out" } }));
        await StepAsync(_tags.AddTagsAsync(new AddTagsRequest
        {
            Account = account,
            ContactId = contact.Contact.ContactId,
            TagNames = { "Customer" },
            CreateMissing = true,
        }));
        await StepAsync(_segments.CreateSegmentAsync(new CreateSegmentRequest
        {
            Account = account,
            Segment = new Segment { Name = Segment },
            Text = """has tag "Customer" AND NOT has tag "Out" AND email is not empty""",
        }));
        var workflow = await StepAsync(_workflows.CreateWorkflowAsync(new CreateWorkflowRequest { Account = account, Yaml = Yaml }));
        var publish = new PublishWorkflowRequest { Account = account, WorkflowId = workflow.Workflow.WorkflowId };
        await StepAsync(_workflows.PublishWorkflowAsync(publish));
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>The median of each call so far, for people.</summary>
    public string Steps() => string.Join(", ", _steps.Select(step => FormattableString.Invariant($"{step.Key} {step.Value.Percentile(0.5):0.0} ms")));

    /// <summary>Opens many accounts, several at a time, and imports contacts into each. Returns their names.</summary>
    public async Task<string[]> OpenManyAsync(int count, int contacts)
    {
        var names = Enumerable.Range(1, count).Select(number => $"tenant-{number}").ToArray();
        var imports = new Imports(rig);
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (name, ct) =>
        {
            await OpenAsync(name);
            await imports.ContactsAsync(name, contacts, round: 0, ct);
        });
        return names;
    }

    // The answer's type names the call.
    private async Task<T> StepAsync<T>(AsyncUnaryCall<T> call)
    {
        var start = Stopwatch.GetTimestamp();
        var answer = await call;
        lock (_steps)
        {
            var name = typeof(T).Name.Replace("Response", "", StringComparison.Ordinal);
            (_steps.TryGetValue(name, out var latencies) ? latencies : _steps[name] = new Latencies()).Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return answer;
    }
}
