using Dapper;
using Npgsql;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.People;

/// <summary>Finding 10: the audit trail is kept as long as the account, or the installation, says.</summary>
public sealed class Finding10AuditRetentionTests
{
    private const int Platform = 0;

    [Fact]
    public async Task The_audit_trail_loses_what_is_too_old_and_nothing_else()
    {
        await using var apps = await TestApps.StartAsync(new()
        {
            Settings = new Dictionary<string, string?> { ["Retention:PauseMinutes"] = "0.003", ["Retention:AuditDays"] = "200" },
        });
        var (own, usual, forEver) = (await TestAccount.NewAsync(apps), await TestAccount.NewAsync(apps), await TestAccount.NewAsync(apps));
        foreach (var account in new[] { await IdAsync(own), await IdAsync(usual), await IdAsync(forEver), Platform })
        {
            await AddAsync(apps, account, 89, 91, 199, 201);
        }

        await apps.Accounts.SetAccountRetentionAsync(new() { Account = own.Name, Retention = new() { AuditDays = 90 } });
        await apps.Accounts.SetAccountRetentionAsync(new() { Account = forEver.Name, Retention = new() { AuditDays = 0 } });

        await Eventually.ReadAsync(() => AgesAsync(apps, own), ages => ages.SequenceEqual([89]));
        await Eventually.ReadAsync(() => AgesAsync(apps, usual), ages => ages.SequenceEqual([89, 91, 199]));
        await Eventually.ReadAsync(() => PlatformAgesAsync(apps), ages => ages.SequenceEqual([89, 91, 199]));
        Assert.Equal([89, 91, 199, 201], await AgesAsync(apps, forEver));
        Assert.Contains(
            (await apps.Accounts.ListAdminEventsAsync(new() { Account = own.Name })).Events,
            entry => entry.Call.EndsWith("/SetAccountRetention", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_service_itself_can_delete_no_event()
    {
        await using var apps = await TestApps.StartAsync(new());
        await using var connection = new NpgsqlConnection(apps.Database.RoleConnectionString("tags"));

        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync("DELETE FROM crm.admin_event"));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    private static Task<int> IdAsync(TestAccount account) => account.QueryAsync<int>("SELECT account_id FROM crm.account WHERE name = @name");

    private static async Task AddAsync(TestApps apps, int accountId, params int[] ages)
    {
        const string sql = """
            INSERT INTO crm.admin_event (account_id, event_id, at, actor, call, named, outcome)
            SELECT @accountId, gen_random_uuid(), now() - make_interval(days => age), 'ada', 'old', '', 'OK' FROM unnest(@ages) AS age
            """;
        await using var connection = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        await connection.ExecuteAsync(sql, new { accountId, ages });
    }

    private static async Task<IEnumerable<int>> AgesAsync(TestApps apps, TestAccount account) =>
        Ages((await apps.Accounts.ListAdminEventsAsync(new() { Account = account.Name })).Events);

    private static async Task<IEnumerable<int>> PlatformAgesAsync(TestApps apps) => Ages((await apps.Accounts.ListPlatformEventsAsync(new())).Events);

    private static IEnumerable<int> Ages(IEnumerable<Crm.Accounts.V1.AdminEvent> events) => events
        .Where(entry => entry.Call == "old")
        .Select(entry => (DateTime.UtcNow - entry.Time.ToDateTime()).Days)
        .Order();
}
