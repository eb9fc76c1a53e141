using Dapper;
using Npgsql;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Tags;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Data;

/// <summary>Finding 8: PostgreSQL keeps accounts apart, whatever a statement says.</summary>
public sealed class Finding8Tests(TwoAccounts accounts) : IClassFixture<TwoAccounts>
{
    private const string Open = """
        SELECT c.oid::regclass::text
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id' AND NOT a.attisdropped
        JOIN pg_roles o ON o.oid = c.relowner
        WHERE c.relnamespace::regnamespace::text NOT LIKE 'pg\_%'
          AND CASE
            WHEN c.relkind IN ('r', 'p') THEN NOT (c.relrowsecurity AND c.relforcerowsecurity)
            WHEN c.relkind = 'v' THEN (o.rolsuper OR o.rolbypassrls OR o.rolcanlogin) AND NOT coalesce(c.reloptions::text LIKE '%security_invoker=true%', false)
            ELSE c.relkind IN ('m', 'f')
          END
        """;

    public static TheoryData<string> Roles => [.. TwoAccounts.Roles];

    [Fact]
    public async Task Finding_8_every_table_and_view_with_an_account_has_its_wall() =>
        Assert.Empty(await accounts.Owner.QueryAsync<string>(Open));

    [Fact]
    public async Task Finding_8_the_migrator_raises_the_wall_for_a_new_table()
    {
        var database = accounts.Database.OwnerConnectionString;
        await accounts.Owner.ExecuteAsync("CREATE TABLE crm.forgotten (account_id int, note text); CREATE VIEW crm.segment_forgotten AS SELECT * FROM crm.forgotten");
        var before = (await accounts.Owner.QueryAsync<string>(Open)).Order();

        await Migrator.MigrateAsync(database, typeof(TagsApp).Assembly, null, null, CancellationToken.None);

        Assert.Equal(["crm.forgotten", "crm.segment_forgotten"], before);
        Assert.Empty(await accounts.Owner.QueryAsync<string>(Open));
        await accounts.Owner.ExecuteAsync("DROP VIEW crm.segment_forgotten; DROP TABLE crm.forgotten");
    }

    [Fact]
    public async Task Finding_8_a_function_with_its_owners_rights_changes_one_account()
    {
        const string functionSql = """
            SELECT f.oid::regprocedure::text
            FROM pg_proc f
            JOIN pg_roles o ON o.oid = f.proowner
            WHERE f.prosecdef AND EXISTS (SELECT FROM unnest(f.proargnames) AS argument WHERE argument LIKE '%account%') AND (o.rolsuper OR o.rolbypassrls OR o.rolcanlogin)
            """;
        Assert.Empty(await accounts.Owner.QueryAsync<string>(functionSql));

        await AsAsync("tagsegments_tags", $"{TwoAccounts.Own}", async tx =>
        {
            await tx.Connection!.ExecuteAsync("RESET ROLE; UPDATE tags.tag_change SET contact_id = 1, chunk = 0, cause_kind = 1, cause_detail = 'words'");
            await tx.Connection!.ExecuteAsync("SET LOCAL ROLE tagsegments_tags");

            await tx.Connection!.ExecuteAsync($"SELECT crm.erase_contact({TwoAccounts.Other}, 1); SELECT crm.erase_contact({TwoAccounts.Own}, 1)");

            await tx.Connection!.ExecuteAsync("RESET ROLE");
            Assert.Equal(
                [TwoAccounts.Other], await accounts.Owner.QueryAsync<int>("SELECT account_id FROM tags.tag_change WHERE cause_detail IS NOT NULL"));
            return true;
        });
    }

    [Fact]
    public async Task Finding_8_a_partition_has_its_wall_from_the_start()
    {
        await accounts.Owner.ExecuteAsync("SELECT campaigns.ensure_activity_partitions('2035-01-01', 2)");

        Assert.Empty(await accounts.Owner.QueryAsync<string>(Open));
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Finding_8_without_an_account_a_role_sees_no_row(string role)
    {
        var seen = await AsAsync(role, account: "", async tx => await RowsAsync(tx, role));

        Assert.All(seen, relation => Assert.Empty(relation.Accounts));
        Assert.NotEmpty(seen);
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Finding_8_a_statement_without_a_condition_reads_one_account(string role)
    {
        var seen = await AsAsync(role, $"{TwoAccounts.Own}", async tx => await RowsAsync(tx, role));

        Assert.All(seen, relation => Assert.DoesNotContain(TwoAccounts.Other, relation.Accounts));
        Assert.Contains(seen, relation => relation.Accounts.Contains(TwoAccounts.Own));
    }

    // So the wall costs next to nothing. A statement without the condition looks at it for every row.
    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Finding_8_a_statement_for_an_account_looks_at_the_wall_once(string role)
    {
        var seen = await AsAsync(role, $"{TwoAccounts.Own}", tx => ReadAsync<string>(
            tx, role, relation => $"EXPLAIN SELECT account_id FROM {relation} WHERE account_id = {TwoAccounts.Own}", IsForEveryRow));
        var without = await AsAsync(role, $"{TwoAccounts.Own}", tx => ReadAsync<string>(
            tx, role, relation => $"EXPLAIN SELECT account_id FROM {relation}", IsForEveryRow));

        Assert.All(seen, plan => Assert.True(plan.Rows.Length == 0, $"{plan.Relation}: {string.Join(';', plan.Rows)}"));
        Assert.Contains(without, plan => plan.Rows.Length > 0);

        static bool IsForEveryRow(string line) =>
            line.Contains("current_setting", StringComparison.Ordinal) && !line.Contains("One-Time Filter", StringComparison.Ordinal);
    }

    // Every service changes something, so this is not empty.
    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Finding_8_a_statement_without_a_condition_changes_one_account(string role)
    {
        foreach (var table in accounts.Tables)
        {
            foreach (var statement in await ChangesAsync(role, table))
            {
                var (own, other) = (await CountAsync(table, TwoAccounts.Own), await CountAsync(table, TwoAccounts.Other));
                await AsAsync(role, $"{TwoAccounts.Own}", async tx =>
                {
                    var changed = await tx.Connection!.ExecuteAsync(statement);

                    await tx.Connection!.ExecuteAsync("RESET ROLE");
                    Assert.Equal((statement, own, other), (statement, changed, await CountAsync(table, TwoAccounts.Other)));
                    return true;
                });
            }
        }
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Finding_8_no_row_can_be_given_to_another_account(string role)
    {
        foreach (var table in accounts.Tables)
        {
            if (await accounts.MayAsync(role, "UPDATE", table))
            {
                var refused = await Assert.ThrowsAsync<PostgresException>(() => AsAsync(
                    role, $"{TwoAccounts.Own}", tx => tx.Connection!.ExecuteAsync($"UPDATE {table} SET account_id = {TwoAccounts.Other}")));
                Assert.True(refused.SqlState is PostgresErrorCodes.InsufficientPrivilege or "428C9", $"{table}: {refused.Message}");
            }
        }
    }

    [Fact]
    public async Task Finding_8_rows_of_all_accounts_are_seen_where_the_wall_is_missing()
    {
        await accounts.Owner.ExecuteAsync("BEGIN; ALTER TABLE crm.contact DISABLE ROW LEVEL SECURITY");

        await accounts.Owner.ExecuteAsync("SET LOCAL ROLE tagsegments_tags");
        var seen = await accounts.Owner.QueryAsync<int>("SELECT account_id FROM crm.contact ORDER BY 1");

        await accounts.Owner.ExecuteAsync("ROLLBACK");
        Assert.Equal([TwoAccounts.Own, TwoAccounts.Other], seen);
    }

    private Task<List<(string Relation, int[] Accounts)>> RowsAsync(NpgsqlTransaction tx, string role) =>
        ReadAsync<int>(tx, role, relation => $"SELECT DISTINCT account_id FROM {relation}", _ => true);

    private async Task<List<(string Relation, T[] Rows)>> ReadAsync<T>(NpgsqlTransaction tx, string role, Func<string, string> sql, Func<T, bool> which)
    {
        var seen = new List<(string, T[])>();
        foreach (var relation in accounts.Relations)
        {
            await tx.Connection!.ExecuteAsync("RESET ROLE");
            if (await accounts.MayAsync(role, "SELECT", relation))
            {
                await tx.Connection!.ExecuteAsync($"SET LOCAL ROLE {role}");
                seen.Add((relation, [.. (await tx.Connection!.QueryAsync<T>(sql(relation))).Where(which)]));
            }
        }

        return seen;
    }

    private Task<long> CountAsync(string table, int accountId) =>
        accounts.Owner.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table} WHERE account_id = {accountId}");

    private async Task<IReadOnlyList<string>> ChangesAsync(string role, string table)
    {
        const string columnSql = """
            SELECT quote_ident(attname)
            FROM pg_attribute
            WHERE attrelid = @table::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = ''
              AND has_column_privilege(@role, attrelid, attnum, 'UPDATE')
            LIMIT 1
            """;
        var column = await accounts.Owner.ExecuteScalarAsync<string?>(columnSql, new { table, role });
        return
        [
            .. column is null ? [] : new[] { $"UPDATE {table} SET {column} = {column}" },
            .. await accounts.MayAsync(role, "DELETE", table) ? new[] { $"DELETE FROM {table}" } : [],
        ];
    }

    // In a transaction that is rolled back.
    private async Task<T> AsAsync<T>(string role, string account, Func<NpgsqlTransaction, Task<T>> work)
    {
        await using var tx = await accounts.Owner.BeginTransactionAsync();
        await tx.Connection!.ExecuteAsync("SELECT set_config('tagsegments.account', @account, true)", new { account });
        await tx.Connection!.ExecuteAsync($"SET LOCAL ROLE {role}");
        return await work(tx);
    }
}
