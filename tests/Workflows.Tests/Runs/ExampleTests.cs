using Crm.Activity.V1;
using Crm.Contacts.V1;
using Crm.Workflows.V1;
using TagSegments.Testing;
using Outcome = Crm.Workflows.V1.Step.Types.Outcome;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>The examples of the product's description, as the files that the service brings along.</summary>
public sealed class ExampleTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task A_hot_lead_walks_through_the_nurture_sequence()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Hot Lead", "Engaged");
        var opener = await crm.NewContactAsync(new Contact { FirstName = "Ada", Email = "ada@example.org" });
        var sleeper = await crm.NewContactAsync(new Contact { FirstName = "Bob", Email = "bob@example.org" });
        var workflow = await crm.PublishAsync(Example("nurture"));
        foreach (var contact in new[] { opener, sleeper })
        {
            await crm.AddTagAsync(contact, "Hot Lead");
        }

        await crm.Apps.Activity.RecordActivitiesAsync(
            new() { Account = crm.Name, Activities = { new Activity { ContactId = opener, Kind = Activity.Types.Kind.Opened } } });
        foreach (var contact in new[] { opener, sleeper })
        {
            await Clock.MakeDueAsync(crm.Apps, await crm.WaitForRunAsync(workflow, contact, State.Waiting));
        }

        var ways = new[] { await WayAsync(crm, workflow, opener), await WayAsync(crm, workflow, sleeper) };
        Assert.Equal(["greet", "pause", "pause", "engaged", "mark", "done"], ways[0]);
        Assert.Equal(["greet", "pause", "pause", "engaged", "remind", "done"], ways[1]);
        Assert.Contains("Engaged", await crm.TagsOfAsync(opener));
    }

    [Fact]
    public async Task A_webinar_attendee_who_clicks_moves_to_qualified_lead()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Webinar Attendee");
        var pipeline = (await crm.Apps.Opportunities.CreatePipelineAsync(new()
        {
            Account = crm.Name,
            Pipeline = new() { Name = "Sales", Stages = { new Stage { Name = "New" }, new Stage { Name = "Qualified Lead" } } },
        })).Pipeline;
        var (attendee, other) = (await crm.NewContactAsync(), await crm.NewContactAsync());
        var attended = await crm.PublishAsync(Example("webinar-attended"));
        var clicked = await crm.PublishAsync(Example("demo-clicked"));

        await RecordAsync(crm, new Activity { ContactId = attendee, Kind = Activity.Types.Kind.Custom, EventName = "Webinar Attended" });
        await crm.WaitForRunAsync(attended, attendee, State.Completed);
        foreach (var contact in new[] { attendee, other })
        {
            await RecordAsync(crm, new Activity { ContactId = contact, Kind = Activity.Types.Kind.Clicked, Detail = "https://example.org/demo" });
            await crm.WaitForRunAsync(clicked, contact, State.Completed);
        }

        var opportunities = (await crm.Apps.Opportunities.ListOpportunitiesAsync(new() { Account = crm.Name })).Opportunities;
        Assert.Equal((attendee, pipeline.Stages[1].StageId), Assert.Single(opportunities.Select(o => (o.ContactId, o.StageId))));
    }

    [Fact]
    public async Task A_temporary_flag_is_removed_after_its_time()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps, "Flash Sale");
        var contact = await crm.NewContactAsync();
        var workflow = await crm.PublishAsync(Example("temporary-flag"));

        await crm.AddTagAsync(contact, "Flash Sale");
        await Clock.MakeDueAsync(crm.Apps, await crm.WaitForRunAsync(workflow, contact, State.Waiting));

        await crm.WaitForRunsAsync(workflow, contact, 1, State.Completed, State.Exited);
        Assert.Empty(await crm.TagsOfAsync(contact));
    }

    [Theory]
    [InlineData("nurture")]
    [InlineData("webinar-attended")]
    [InlineData("demo-clicked")]
    [InlineData("temporary-flag")]
    public void An_example_is_written_as_the_service_writes_it(string name)
    {
        var (workflow, _) = Workflows.Yaml.YamlReader.Read(Example(name));

        Assert.Equal(workflow, Workflows.Yaml.YamlReader.Read(Workflows.Yaml.YamlWriter.Write(workflow)).Workflow);
    }

    private static string Example(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Examples", $"{name}.yaml"));

    private static async Task<IEnumerable<string>> WayAsync(WorkflowAccount crm, Workflow workflow, int contact)
    {
        var steps = await crm.HistoryAsync(await crm.WaitForRunAsync(workflow, contact, State.Completed));
        Assert.DoesNotContain(steps, step => step.Outcome is Outcome.Failed or Outcome.Parked);
        return steps.Select(step => step.NodeId);
    }

    private static async Task RecordAsync(WorkflowAccount crm, Activity activity) =>
        await crm.Apps.Activity.RecordActivitiesAsync(new() { Account = crm.Name, Activities = { activity } });
}
