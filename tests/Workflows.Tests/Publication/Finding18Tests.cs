using Crm.Errors.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.Testing;
using TagSegments.Workflows.Tests.Runs;

namespace TagSegments.Workflows.Tests.Publication;

/// <summary>Finding 18: the published workflows of an account have a size that fits in the memory of a process.</summary>
public sealed class Finding18Tests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Finding_18_a_workflow_for_which_the_account_has_no_room_is_not_published()
    {
        var crm = await WorkflowAccount.NewAsync(shared.Apps);
        foreach (var name in new[] { "A", "B" })
        {
            await EnlargeAsync((await crm.PublishAsync($"{{name: {name}, nodes: [{{id: a, end: {{}}}}]}}")).WorkflowId);
        }

        var error = await Expect.FailureAsync(() => crm.PublishAsync("{name: C, nodes: [{id: a, end: {}}]}"));

        error.Is(StatusCode.FailedPrecondition, ErrorReason.WrongState);
    }

    private async Task EnlargeAsync(string workflowId)
    {
        const string sql = """
            UPDATE workflows.workflow_version
            SET definition = jsonb_set(definition, '{nodes,0,description}', to_jsonb(repeat('x', 17000000)))
            WHERE workflow_id = $1
            """;
        await using var connection = new NpgsqlConnection(shared.Apps.Database.OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue(Guid.Parse(workflowId));
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
