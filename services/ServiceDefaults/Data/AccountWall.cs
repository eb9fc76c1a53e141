using Dapper;
using Npgsql;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>
/// The second wall between accounts: row-level security, forced, on every table that has an account. It is raised after each migration, so
/// no new table can be forgotten.
/// </summary>
internal static class AccountWall
{
    /// <summary>
    /// The role that owns the views, and the functions that do for an account what its callers may not do themselves: tables show it the rows of
    /// the session's account, as they do to everybody.
    /// </summary>
    public const string DefinerRole = "tagsegments_definer";

    // A role sees the rows of the session's account, and without one none. The work role sees all rows of the tables that it was granted. So does
    // the owner, who migrates.
    private const string TableSql = """
        SELECT format(
            'ALTER TABLE %1$s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
             CREATE POLICY account ON %1$s USING (account_id = nullif(current_setting(''tagsegments.account'', true), '''')::integer);
             CREATE POLICY work ON %1$s TO %2$I USING (true);
             CREATE POLICY owner ON %1$s TO CURRENT_USER USING (true)',
            c.oid::regclass, @workRole)
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id' AND NOT a.attisdropped
        WHERE c.relnamespace = ANY (SELECT s::regnamespace FROM unnest(@schemas) AS s) AND c.relkind IN ('r', 'p')
          AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'account')
        """;

    // Only a member may give something to the role.
    private const string MemberSql = $"""
        SELECT 'GRANT {DefinerRole} TO CURRENT_USER' WHERE NOT pg_has_role('{DefinerRole}', 'MEMBER')
        """;

    // A view that shows what its caller may see needs no owner of its own. Who gets a view must be allowed to create it.
    private const string OwnerSql = $"""
        SELECT format(
            'GRANT CREATE ON SCHEMA %1$s TO {DefinerRole}; ALTER VIEW %2$s OWNER TO {DefinerRole}; REVOKE CREATE ON SCHEMA %1$s FROM {DefinerRole}',
            v.relnamespace::regnamespace, v.oid::regclass)
        FROM pg_class v
        WHERE v.relnamespace = ANY (SELECT s::regnamespace FROM unnest(@schemas) AS s) AND v.relkind = 'v'
          AND pg_get_userbyid(v.relowner) <> '{DefinerRole}' AND NOT coalesce(v.reloptions::text LIKE '%security_invoker=true%', false)
        """;

    // Functions with their owner's rights that get an account.
    private const string FunctionSql = $"""
        SELECT format(
            'GRANT CREATE ON SCHEMA %1$s TO {DefinerRole}; ALTER FUNCTION %2$s OWNER TO {DefinerRole}; REVOKE CREATE ON SCHEMA %1$s FROM {DefinerRole}',
            f.pronamespace::regnamespace, f.oid::regprocedure)
        FROM pg_proc f
        WHERE f.pronamespace = ANY (SELECT s::regnamespace FROM unnest(@schemas) AS s) AND f.prosecdef
          AND EXISTS (SELECT FROM unnest(f.proargnames) AS argument WHERE argument LIKE '%account%')
          AND pg_get_userbyid(f.proowner) <> '{DefinerRole}'
        """;

    // They find no name in what their callers can make: unless it stands at the end, the schema of temporary tables and types is searched first.
    private const string PathSql = """
        SELECT format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp', f.oid::regprocedure)
        FROM pg_proc f
        WHERE f.pronamespace = ANY (SELECT s::regnamespace FROM unnest(@schemas) AS s) AND f.prosecdef
          AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (f.proconfig), false)
        """;

    // What they may change is written in them, so they may change everything.
    private const string ChangeSql = $"""
        SELECT format('GRANT USAGE ON SCHEMA %1$s TO {DefinerRole}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %1$s TO {DefinerRole}', s)
        FROM unnest(@schemas) AS s
        """;

    /// <summary>Raises the wall for what has none yet in some schemas.</summary>
    public static async Task RaiseAsync(NpgsqlConnection connection, string[] schemas, string workRole, CancellationToken ct)
    {
        await using var tx = await connection.BeginTransactionAsync(ct);
        foreach (var sql in new[] { MemberSql, TableSql, ChangeSql, OwnerSql, FunctionSql, PathSql })
        {
            var statements = await connection.QueryAsync<string>(new CommandDefinition(sql, new { schemas, workRole }, tx, cancellationToken: ct));
            foreach (var statement in statements.AsList())
            {
                await connection.ExecuteAsync(new CommandDefinition(statement, transaction: tx, cancellationToken: ct));
            }
        }

        await tx.CommitAsync(ct);
    }
}
