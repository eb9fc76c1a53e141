using Crm.Errors.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.Testing;
using TagSegments.Workflows.Tests.Runs;

namespace TagSegments.Workflows.Tests.Publication;

/// <summary>Finding 16: a message of a workflow that can never be sent is refused when the workflow is saved or published, not found out at its runs.</summary>
public sealed class Finding16Tests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("{subject: Hello, text: '{% if %}'}", "text")]
    [InlineData("{subject: Hello, text: '{{ 1 | divided_by: 0 }}'}", "text")]
    [InlineData("{subject: '{{ contact.email | no_such_filter }}', text: Hello}", "subject")]
    [InlineData("{subject: Hello, text: Hello, html: '{{ no.such.field }}'}", "html")]
    [InlineData("{subject: Hello, text: '{% for i in (1..999999999) %}x{% endfor %}'}", "text")]
    [InlineData("{subject: Hello, text: Hello, from: nobody}", "from")]
    [InlineData("{channel: sms, text: '{{'}", "text")]
    public async Task Finding_16_a_message_that_cannot_be_sent_is_refused_with_its_node_when_it_is_saved(string message, string field)
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps);
        var yaml = $"name: W\nnodes:\n- {{id: first, wait: {{period: 1 day}}, next: hello}}\n- {{id: hello, send_message: {message}}}\n";
        var sound = await crm.CreateAsync("{name: Sound, nodes: [{id: a, end: {}}]}");

        var created = await Expect.FailureAsync(() => crm.CreateAsync(yaml));
        var parsed = await Expect.FailureAsync(async () => await crm.Apps.Workflows.ParseWorkflowAsync(new() { Account = crm.Name, Yaml = yaml }));
        var updated = await Expect.FailureAsync(async () => await crm.Apps.Workflows.UpdateWorkflowAsync(
            new() { Account = crm.Name, Workflow = new() { WorkflowId = sound.WorkflowId }, Yaml = yaml }));

        Assert.All([created, parsed, updated], error =>
        {
            error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, $"nodes[1].send_message.{field}");
            Assert.Matches("^line 4, column [0-9]+: the message of \"hello\" cannot be sent: ", error.Violations[0].Description);
        });
    }

    [Fact]
    public async Task Finding_16_a_draft_from_before_the_check_is_refused_when_it_is_published()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps);
        var workflow = await crm.CreateAsync("{name: Old, nodes: [{id: hello, send_message: {subject: Hello, text: Good day}}]}");
        await BreakAsync(workflow.WorkflowId);

        var error = await Expect.FailureAsync(async () => await crm.Apps.Workflows.PublishWorkflowAsync(
            new() { Account = crm.Name, WorkflowId = workflow.WorkflowId }));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "workflow.definition.nodes[0].send_message.text");
        Assert.StartsWith("the message of \"hello\" cannot be sent: ", error.Violations[0].Description, StringComparison.Ordinal);
    }

    private async Task BreakAsync(string workflowId)
    {
        await using var connection = new NpgsqlConnection(shared.Apps.Database.OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "UPDATE workflows.workflow SET draft = replace(draft::text, 'Good day', '{% if %}')::jsonb WHERE workflow_id = $1", connection);
        command.Parameters.AddWithValue(Guid.Parse(workflowId));
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
