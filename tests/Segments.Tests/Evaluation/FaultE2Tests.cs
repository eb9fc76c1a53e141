using Crm.Errors.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.Testing;
using Service = TagSegments.Testing.Service;

namespace TagSegments.Segments.Tests.Evaluation;

/// <summary>Fault E2: a question that takes the database too long is not asked again.</summary>
public sealed class FaultE2Tests
{
    [Fact]
    public async Task E2_a_question_that_takes_too_long_is_asked_once()
    {
        await using var apps = await TestApps.StartAsync(new()
        {
            Services = [Service.Tags, Service.Segments],
            // A check by SQL would be a second question.
            Settings = new Dictionary<string, string?> { ["Segments:ShadowShare"] = "0" },
        });
        await using var owner = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        await owner.ExecuteAsync($"ALTER ROLE tagsegments_segments IN DATABASE {owner.Database} SET statement_timeout = '5s'");
        await apps.StopAsync(Service.Segments);
        await apps.StartAsync(Service.Segments);
        var account = await TestAccount.NewAsync(apps);
        await account.NewContactAsync();
        await CountAsync(apps, account, "first_name = \"Ada\"");

        await using var lockOwner = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        await lockOwner.OpenAsync();
        await using var tx = await lockOwner.BeginTransactionAsync();
        await lockOwner.ExecuteAsync("LOCK TABLE crm.contact IN ACCESS EXCLUSIVE MODE", transaction: tx);
        var call = Expect.FailureAsync(StatusCode.DeadlineExceeded, ErrorReason.StatementTimeout, () => CountAsync(apps, account, "last_name = \"Lovelace\""));
        var asked = new HashSet<(int, DateTime)>();
        while (!call.IsCompleted)
        {
            asked.UnionWith(await owner.QueryAsync<(int Pid, DateTime Start)>(
                """
                SELECT pid, query_start
                FROM pg_stat_activity
                WHERE datname = current_database() AND usename = 'tagsegments_segments' AND state = 'active' AND wait_event_type = 'Lock'
                """));
        }

        await call;
        Assert.Single(asked);
    }

    private static async Task CountAsync(TestApps apps, TestAccount account, string text) =>
        await apps.Segments.CountContactsAsync(new() { Account = account.Name, Source = new() { Text = text } });
}
