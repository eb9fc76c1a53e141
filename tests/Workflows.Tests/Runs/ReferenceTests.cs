using System.Text.RegularExpressions;
using Crm.Contacts.V1;
using Crm.Workflows.V1;
using Google.Protobuf.Reflection;
using TagSegments.Testing;
using Outcome = Crm.Workflows.V1.Step.Types.Outcome;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Runs;

/// <summary>The YAML of the service's README: it is complete, is accepted, and does what it says.</summary>
public sealed partial class ReferenceTests
{
    private static readonly string[] s_examples =
        [.. Fence().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Examples", "README.md"))).Select(block => block.Groups[1].Value)];

    [Fact]
    public void Every_trigger_and_every_node_has_an_example()
    {
        var definitions = s_examples.Select(yaml => Workflows.Yaml.YamlReader.Read(yaml).Workflow.Definition).ToList();

        AssertAll(Trigger.Descriptor, definitions.SelectMany(d => d.Triggers).Select(trigger => (int)trigger.KindCase));
        AssertAll(Node.Descriptor, definitions.SelectMany(d => d.Nodes).Select(node => (int)node.ActionCase));
        AssertAll(WaitAction.Descriptor, definitions.SelectMany(d => d.Nodes).Where(node => node.Wait is not null).Select(node => (int)node.Wait.KindCase));
    }

    [Fact]
    public async Task The_examples_are_carried_out()
    {
        await using var apps = await TestApps.StartAsync();
        var crm = await AccountAsync(apps);
        await apps.AddToTeamAsync(crm.Name, "sales@acme.example");
        var triggers = await crm.PublishAsync(s_examples[0]);
        var nodes = await crm.PublishAsync(s_examples[1], acceptLoops: true);
        var winner = await crm.NewContactAsync(new Contact { FirstName = "Ada", Language = "de" }, "Hot Lead");
        var loser = await crm.NewContactAsync(new Contact { FirstName = "Bob", Language = "en", TimeZone = "Asia/Tokyo" }, "Hot Lead");

        await GoOnAsync(crm, nodes, winner, "pause");
        await GoOnAsync(crm, nodes, loser, "morning");
        await crm.WaitForAsync(nodes, winner, "paid");
        await crm.AddTagAsync(winner, "Customer");
        await GoOnAsync(crm, nodes, loser, "paid");

        Assert.Equal(
            ["greet", "text", "tell", "way", "pause", "christmas", "paid", "win", "source", "leave"],
            await WayAsync(crm, nodes, winner));
        Assert.Equal(["greet", "text", "tell", "way", "morning", "paid", "cool", "uncool", "done"], await WayAsync(crm, nodes, loser));
        Assert.Equal(["Warm Lead"], await crm.TagsOfAsync(loser));
        Assert.NotEmpty(await crm.RunsAsync(triggers, winner));
        await Eventually.HoldsAsync(() => apps.Smtp.Messages.Any(message => message.Recipients[0] == "sales@acme.example"));
    }

    private static async Task<WorkflowAccount> AccountAsync(TestApps apps)
    {
        var crm = await WorkflowAccount.NewAsync(apps, "Hot Lead", "Warm Lead", "Customer");
        await crm.Apps.Opportunities.CreatePipelineAsync(new()
        {
            Account = crm.Name,
            Pipeline = new() { Name = "Sales", Stages = { new Stage { Name = "New" }, new Stage { Name = "Won" } } },
        });
        await crm.Apps.Segments.CreateSegmentAsync(
            new() { Account = crm.Name, Segment = new() { Name = "Engaged" }, Text = "opened email in last 7 days" });
        return crm;
    }

    private static async Task GoOnAsync(WorkflowAccount crm, Workflow workflow, int contact, string node) =>
        await Clock.MakeDueAsync(crm.Apps, await crm.WaitForAsync(workflow, contact, node));

    private static async Task<IEnumerable<string>> WayAsync(WorkflowAccount crm, Workflow workflow, int contact)
    {
        var steps = await crm.HistoryAsync(await crm.WaitForRunAsync(workflow, contact, State.Completed));
        Assert.DoesNotContain(steps, step => step.Outcome is Outcome.Failed or Outcome.Parked);
        return steps.Select(step => step.NodeId).Distinct();
    }

    private static void AssertAll(MessageDescriptor message, IEnumerable<int> used) =>
        Assert.Empty(message.Oneofs[0].Fields.Where(field => !used.Contains(field.FieldNumber)).Select(field => field.Name));

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
