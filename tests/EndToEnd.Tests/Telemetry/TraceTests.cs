using System.Diagnostics;
using Crm.Campaigns.V1;
using Crm.Segments.V1;
using Crm.Workflows.V1;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Telemetry;

/// <summary>What a caller starts is one trace: over the services, down to the statements of PostgreSQL and the commands of Redis.</summary>
[Collection(TracedProcess.Name)]
public sealed class TraceTests(TracedApps traced) : IClassFixture<TracedApps>
{
    private const string Npgsql = "Npgsql";
    private const string Redis = "OpenTelemetry.Instrumentation.StackExchangeRedis";

    [Fact]
    public async Task A_count_is_one_trace_down_to_SQL_and_Redis()
    {
        // Redis is left alone for a while when it did not answer in time; then another count is made.
        var spans = await Eventually.ReadAsync(CountAsync, spans => Sources(spans).Contains(Redis));

        RequireConnected(spans, roots: 1);
        var call = spans.Single(span => span is { Source: "Microsoft.AspNetCore", Name: "crm.segments.v1.SegmentService/CountContacts" });
        Assert.Equal("1", call.Tags["tagsegments.account.id"]);
        Assert.Equal("OK", call.Tags["rpc.response.status_code"]);
        Assert.Contains(spans, span => span.Name == "segments.evaluate" && span.Parent == call.Id);
        Assert.Contains(spans, span => span.Name == "segments.ask");
    }

    [Fact]
    public async Task A_sent_campaign_is_one_trace_over_the_services_and_leads_to_it_from_the_call()
    {
        var campaign = (await traced.Apps.Campaigns.CreateCampaignAsync(new()
        {
            Account = TracedApps.Account,
            Campaign = new()
            {
                Name = "Spring",
                Message = new() { Subject = "Spring", Text = "Hello" },
                Audience = new() { Include = { new FilterSource { Text = "has tag \"Hot\"" } } },
            },
        })).Campaign;

        using var caller = Caller();
        await traced.Apps.Campaigns.SendCampaignAsync(new() { Account = TracedApps.Account, CampaignId = campaign.CampaignId });

        var id = IdOf(campaign.CampaignId);
        string[] called = ["crm.segments.v1.SegmentService/StreamMatches", "crm.contacts.v1.ReachService/StreamReach"];
        var spans = await traced.TraceAsync(id, spans =>
            Calls(spans).IsSupersetOf(called) && Sources(spans).Contains(Npgsql) && Calls(spans).IsSupersetOf(["campaigns.prepare", "campaigns.batch"]));
        // Both parts of the work begin where the trace begins.
        RequireConnected(spans, roots: 1);
        // The line that tells that the audience is frozen.
        Assert.Contains(traced.Logs.Lines, line => line.Contains($"TraceId:{id}", StringComparison.Ordinal));
        var sent = await traced.TraceAsync(caller.TraceId.ToHexString(), spans => Calls(spans).Contains("crm.campaigns.v1.CampaignService/SendCampaign"));
        Assert.Contains(sent, span => span.Links.Contains(id));
        RequireConnected(sent, roots: 1);
        Assert.Equal("1", spans.Single(span => span.Name == "campaigns.prepare").Tags["campaigns.recipients"]);
    }

    [Fact]
    public async Task A_run_of_a_workflow_is_one_trace_with_its_id_over_the_services()
    {
        const string yaml = """
            name: Traced
            triggers:
            - tag:
                tags: [Wanted]
            nodes:
            - id: mark
              add_tag:
                tag: Seen
              next: greet
            - id: greet
              send_message:
                subject: Hello
                text: Good to have you here.
              next: done
            - id: done
              end: {}
            """;
        var apps = traced.Apps;
        await apps.Tags.CreateTagAsync(new() { Account = TracedApps.Account, Tag = new() { Name = "Wanted" } });
        await apps.Tags.CreateTagAsync(new() { Account = TracedApps.Account, Tag = new() { Name = "Seen" } });
        var workflow = (await apps.Workflows.CreateWorkflowAsync(new() { Account = TracedApps.Account, Yaml = yaml })).Workflow;
        await apps.Workflows.PublishWorkflowAsync(new() { Account = TracedApps.Account, WorkflowId = workflow.WorkflowId });

        await apps.Tags.AddTagsAsync(new() { Account = TracedApps.Account, ContactId = traced.ContactId, TagNames = { "Wanted" } });

        var runs = await Eventually.ReadAsync(
            async () => (await apps.Workflows.ListRunsAsync(new() { Account = TracedApps.Account, WorkflowId = workflow.WorkflowId })).Runs,
            runs => runs is [{ State: Run.Types.State.Completed }]);
        string[] called = ["crm.tags.v1.TagService/AddTags", "crm.campaigns.v1.MessageService/SendMessage"];
        var spans = await traced.TraceAsync(IdOf(runs[0].RunId), spans =>
            Calls(spans).IsSupersetOf(called) && spans.Count(span => span.Name == "workflows.step") == 3);
        RequireConnected(spans, roots: 1);
        // SQL of the three services: the commit of the step, that of the tag and that of the message.
        Assert.Equal(3, Databases(spans).Count);
        Assert.Contains(traced.Spans, span => span is { Name: "workflows.enrol" });
    }

    [Fact]
    public async Task Pollers_and_links_of_messages_begin_no_traces()
    {
        using var client = new HttpClient();
        await client.GetAsync($"{traced.Apps.HttpAddress(Service.Campaigns)}/u/qlinkq");
        await client.GetAsync($"{traced.Apps.ManagementAddress(Service.Tags)}/readyz");
        using var caller = Caller();
        await traced.Apps.Accounts.GetAccountAsync(new() { Account = TracedApps.Account });
        await traced.TraceAsync(caller.TraceId.ToHexString(), spans => spans.Count > 0);

        var own = traced.Spans;
        Assert.DoesNotContain(own, span => span.Tags.Values.Any(value => value.Contains("qlinkq", StringComparison.Ordinal)));
        // Every statement and command belongs to something.
        Assert.DoesNotContain(own, span => span.Source is Npgsql or Redis && span.Parent == "");
        Assert.DoesNotContain(own, span => span.Name.Contains("/readyz", StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<Span>> CountAsync()
    {
        // Nobody has asked for it before, so memory has it not.
        var tag = $"Warm {Guid.NewGuid():N}";
        await traced.Apps.Tags.AddTagsAsync(new() { Account = TracedApps.Account, ContactId = traced.ContactId, TagNames = { tag }, CreateMissing = true });
        using var caller = Caller();
        await traced.Apps.Segments.CountContactsAsync(
            new() { Account = TracedApps.Account, Source = new() { Text = $"has tag \"{tag}\" AND email is known" } });
        await traced.TraceAsync(
            caller.TraceId.ToHexString(),
            spans => Sources(spans).Contains(Npgsql) && spans.Count(span => span.Name == "crm.segments.v1.SegmentService/CountContacts") == 2);
        // Spans of Redis are written once a second.
        await Task.Delay(TimeSpan.FromSeconds(3));
        return await traced.TraceAsync(caller.TraceId.ToHexString(), _ => true);
    }

    // The span of somebody who traces their own program.
    private static Activity Caller() => new Activity("caller") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();

    private static string IdOf(string id) => Guid.Parse(id).ToString("N");

    private static HashSet<string> Sources(IEnumerable<Span> spans) => [.. spans.Select(span => span.Source)];

    private static HashSet<string> Calls(IEnumerable<Span> spans) => [.. spans.Select(span => span.Name)];

    private static HashSet<string> Databases(IEnumerable<Span> spans) =>
        [.. spans.Where(span => span.Source == Npgsql).Select(span => span.Tags["db.npgsql.data_source"].Split(' ')[0])];

    // Every span hangs below another one, or below one of the beginnings, which the services do not have.
    private static void RequireConnected(IReadOnlyList<Span> spans, int roots)
    {
        var ids = spans.Select(span => span.Id).ToHashSet();
        var outside = spans.Where(span => !ids.Contains(span.Parent)).GroupBy(span => span.Parent).ToList();
        Assert.True(outside.Count == roots, string.Join('\n', outside.SelectMany(parent => parent)));
    }
}
