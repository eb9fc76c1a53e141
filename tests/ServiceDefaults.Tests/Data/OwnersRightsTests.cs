using Dapper;
using Npgsql;

namespace TagSegments.ServiceDefaults.Tests.Data;

/// <summary>
/// Findings 8 and 25: a function with its owner's rights uses nothing that its caller has made. A service's role once became a superuser, or deleted
/// what it may not, with temporary types and tables that were found before those of the catalogue.
/// </summary>
public sealed class OwnersRightsTests(TwoAccounts accounts) : IClassFixture<TwoAccounts>
{
    private const string Trap = """
        CREATE FUNCTION pg_temp.trap(value pg_catalog.text) RETURNS boolean LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'runs as %', current_user; END $$;
        CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (pg_temp.trap(VALUE::pg_catalog.text));
        """;

    private const string OtherCatalogue = """
        CREATE TEMP TABLE pg_class AS
            SELECT c.oid, relnamespace, relkind, relispartition, relhastriggers FROM pg_catalog.pg_class c WHERE relname = 'pg_am';
        UPDATE pg_temp.pg_class SET relnamespace = @schema::regnamespace, relkind = 'r';
        CREATE TEMP TABLE pg_attribute AS
            SELECT oid AS attrelid, 'account_id'::name AS attname, false AS attisdropped FROM pg_temp.pg_class;
        GRANT SELECT ON pg_temp.pg_class, pg_temp.pg_attribute TO PUBLIC;
        """;

    [Fact]
    public async Task Finding_8_temporary_types_are_not_found_by_functions_with_their_owners_rights()
    {
        Assert.Null(await FailureAsync("tagsegments_campaigns_work", Trap, "SELECT campaigns.ensure_activity_partitions('2036-01-01', 1)"));
    }

    [Theory]
    [InlineData("segments")]
    [InlineData("campaigns")]
    [InlineData("workflows")]
    public async Task Finding_25_temporary_tables_do_not_say_what_an_erasure_deletes(string schema)
    {
        const string isErased = "UPDATE crm.account SET deleted_at = now(), erasing_at = now() WHERE account_id = 1";

        Assert.Null(await FailureAsync(
            $"tagsegments_{schema}", OtherCatalogue, $"SELECT {schema}.erase_account_rows({TwoAccounts.Own}, 10)", new { schema }, isErased));
    }

    [Fact]
    public async Task Finding_8_every_function_with_its_owners_rights_has_a_closed_path()
    {
        const string sql = """
            SELECT f.oid::regprocedure::text
            FROM pg_proc f
            WHERE f.prosecdef AND f.pronamespace::regnamespace::text = ANY ('{crm,tags,segments,campaigns,workflows}')
              AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (f.proconfig), false)
            """;

        Assert.Empty(await accounts.Owner.QueryAsync<string>(sql));
    }

    [Fact]
    public async Task Finding_8_an_open_path_is_caught()
    {
        const string open = "ALTER FUNCTION campaigns.ensure_activity_partitions SET search_path = pg_catalog";

        var failure = await FailureAsync("tagsegments_campaigns_work", Trap, "SELECT campaigns.ensure_activity_partitions('2036-02-01', 1)", before: open);

        Assert.StartsWith("runs as ", failure, StringComparison.Ordinal);
    }

    // In a transaction that is rolled back, as the role itself.
    private async Task<string?> FailureAsync(string role, string trap, string call, object? arguments = null, string? before = null)
    {
        await using var connection = new NpgsqlConnection(accounts.Database.OwnerConnectionString);
        await connection.OpenAsync();
        await using var tx = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(before ?? "SELECT 1");
        await connection.ExecuteAsync($"SET LOCAL SESSION AUTHORIZATION {role}; SET LOCAL tagsegments.account = {TwoAccounts.Own}");
        await connection.ExecuteAsync(trap, arguments);
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
