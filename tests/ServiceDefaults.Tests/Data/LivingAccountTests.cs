using Crm.Accounts.V1;
using Dapper;
using Google.Protobuf;
using Npgsql;

namespace TagSegments.ServiceDefaults.Tests.Data;

/// <summary>
/// Finding 25: the functions that delete from logs with their owners' rights delete nothing that an account keeps, whoever calls them. A service's
/// role could once delete the logs of its own account through them.
/// </summary>
public sealed class LivingAccountTests(TwoAccounts accounts) : IClassFixture<TwoAccounts>
{
    private const string IsErased = "UPDATE crm.account SET deleted_at = now(), erasing_at = now() WHERE account_id = 1";

    public static TheoryData<string, string, string, int> Prunings => new()
    {
        { "tagsegments_tags", "crm.prune_admin_events", "audit_days", 90 },
        { "tagsegments_tags", "crm.prune_changes", "change_days", 1 },
        { "tagsegments_campaigns", "campaigns.prune_events", "activity_days", 1 },
        { "tagsegments_campaigns", "campaigns.prune_ledger", "ledger_days", 60 },
        { "tagsegments_workflows", "workflows.prune_runs", "run_days", 1 },
    };

    [Theory]
    [InlineData("tagsegments_tags", "crm")]
    [InlineData("tagsegments_segments", "segments")]
    [InlineData("tagsegments_campaigns", "campaigns")]
    [InlineData("tagsegments_workflows", "workflows")]
    public async Task Finding_25_only_an_account_that_is_being_erased_can_be_erased(string role, string schema)
    {
        var call = $"SELECT {schema}.erase_account_rows({TwoAccounts.Own}, 10)";

        Assert.Equal("account 1 is not being erased", await FailureAsync(role, call));
        Assert.Equal("account 1 is not being erased", await FailureAsync(role, call, "UPDATE crm.account SET deleted_at = now() WHERE account_id = 1"));
        Assert.Null(await FailureAsync(role, call, IsErased));
    }

    [Theory]
    [MemberData(nameof(Prunings))]
    public async Task Finding_25_without_a_time_of_its_own_an_account_keeps_what_is_younger_than_the_shortest_time(
        string role, string function, string kind, int least)
    {
        Assert.True(await IsKeptAsync(role, function, "now()"), kind);
        Assert.True(await IsKeptAsync(role, function, "'infinity'"), kind);
        Assert.True(await IsKeptAsync(role, function, "NULL"), kind);
        Assert.True(await IsKeptAsync(role, function, $"now() - interval '{least} days' + interval '2 hours'"), kind);
        Assert.False(await IsKeptAsync(role, function, $"now() - interval '{least} days'"), kind);
    }

    [Theory]
    [MemberData(nameof(Prunings))]
    public async Task Finding_25_an_account_keeps_what_its_own_time_says(string role, string function, string kind, int least)
    {
        Assert.True(await IsKeptAsync(role, function, $"now() - interval '{least + 9} days'", Retention(kind, least + 10)));
        Assert.False(await IsKeptAsync(role, function, $"now() - interval '{least + 10} days'", Retention(kind, least + 10)));
        Assert.True(await IsKeptAsync(role, function, "now() - interval '9000 days'", Retention(kind, 0)));
    }

    [Fact]
    public async Task Finding_25_every_function_that_deletes_from_logs_asks_whether_it_may()
    {
        const string sql = """
            SELECT f.oid::regprocedure::text
            FROM pg_proc f
            WHERE f.pronamespace::regnamespace::text = ANY ('{crm,tags,segments,campaigns,workflows}') AND (
                f.proname LIKE 'prune%' AND f.prosrc NOT LIKE '%PERFORM crm.require_too_old(pruned_account, %'
                OR f.proname = 'erase_account_rows' AND f.prosrc !~ 'PERFORM crm.require_erasing\(erased_account\)|erasing_at IS NOT NULL')
            """;

        Assert.Empty(await accounts.Owner.QueryAsync<string>(sql));
    }

    [Theory]
    [InlineData("UPDATE campaigns.activity_clock SET events_from = 'infinity'")]
    [InlineData("DELETE FROM campaigns.activity_clock")]
    [InlineData("INSERT INTO campaigns.activity_clock (account_id, pos, nonce, events_from) VALUES (1, 1, gen_random_uuid(), 'infinity')")]
    public async Task Finding_25_a_service_does_not_move_the_time_from_which_events_are_kept(string statement) =>
        Assert.StartsWith("permission denied", await FailureAsync("tagsegments_campaigns", statement), StringComparison.Ordinal);

    private static string Retention(string kind, int days)
    {
        var retention = new AccountRetention();
        AccountRetention.Descriptor.FindFieldByName(kind).Accessor.SetValue(retention, days);
        return $"UPDATE crm.account SET retention = '{JsonFormatter.Default.Format(retention)}' WHERE account_id = {TwoAccounts.Own}";
    }

    private async Task<bool> IsKeptAsync(string role, string function, string before, string? first = null) =>
        await FailureAsync(role, $"SELECT {function}({TwoAccounts.Own}, {before}, 10)", first) switch
        {
            null => false,
            var failure when failure.StartsWith("account 1 keeps", StringComparison.Ordinal) => true,
            var failure => throw new InvalidOperationException(failure),
        };

    // In a transaction that is rolled back, as the role itself.
    private async Task<string?> FailureAsync(string role, string call, string? before = null)
    {
        await using var connection = new NpgsqlConnection(accounts.Database.OwnerConnectionString);
        await connection.OpenAsync();
        await using var tx = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(before ?? "SELECT 1");
        await connection.ExecuteAsync($"SET LOCAL SESSION AUTHORIZATION {role}; SET LOCAL tagsegments.account = {TwoAccounts.Own}");
        try
        {
            await connection.ExecuteAsync(call);
            return null;
        }
        catch (PostgresException e)
        {
            return e.MessageText;
        }
    }
}
