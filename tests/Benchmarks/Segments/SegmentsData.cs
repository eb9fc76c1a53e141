using Dapper;
using Npgsql;

namespace TagSegments.Benchmarks.Segments;

/// <summary>
/// The generated accounts, written straight into the tables: one with everything, and a smaller and a larger one with tags alone. The same
/// tags stand beside it as a row per assignment.
/// </summary>
internal sealed class SegmentsData(NpgsqlDataSource db, BenchmarkOptions options)
{
    /// <summary>The account with everything.</summary>
    public const string Account = "benchmark";

    /// <summary>The account of a tenth of the size, with tags alone.</summary>
    public const string Small = "benchmark small";

    /// <summary>The account of five times the size, with tags alone.</summary>
    public const string Large = "benchmark large";

    public int AccountId { get; private set; }

    /// <summary>The number of tags on contacts.</summary>
    public long Assignments { get; private set; }

    /// <summary>Loads everything into an empty database.</summary>
    public static async Task CreateAsync(NpgsqlDataSource db, BenchmarkOptions options)
    {
        var tags = new TagLoading(db, options.Seed);
        var accountId = await tags.CreateAsync(Account, options.Contacts);
        await CreateContactsAsync(db, accountId, options.Contacts);
        await new ActivityLoading(db, accountId, options).CreateAsync();
        await RowSchema.CreateAsync(db, accountId, TagSets.Draw(options.Contacts, options.Seed));
        await tags.CreateAsync(Small, options.Contacts / 10);
        await tags.CreateAsync(Large, options.Contacts * 5);
        await using var connection = await db.OpenConnectionAsync();
        await connection.ExecuteAsync("VACUUM ANALYZE", commandTimeout: 0);
        // A single word would be the name of a procedure for Dapper.
        await connection.ExecuteAsync("CHECKPOINT;", commandTimeout: 0);
    }

    /// <summary>Reads the needed facts of a loaded database.</summary>
    public async Task OpenAsync()
    {
        await using var connection = await db.OpenConnectionAsync();
        AccountId = await connection.ExecuteScalarAsync<int>("SELECT account_id FROM crm.account WHERE name = @Account", new { Account });
        Assignments = await connection.ExecuteScalarAsync<long>(
            "SELECT sum(bit_count(bits)) FROM tags.tag_chunk WHERE account_id = @AccountId AND tag_id BETWEEN 1 AND @Count",
            new { AccountId, TagSets.Count });
    }

    /// <summary>How many contacts there are.</summary>
    public int Contacts => options.Contacts;

    private static async Task CreateContactsAsync(NpgsqlDataSource db, int accountId, int contacts)
    {
        const string sql = """
            INSERT INTO crm.field (account_id, field_id, target, key, type)
            VALUES (@accountId, 1, 1, 'country', 1), (@accountId, 2, 1, 'score', 2), (@accountId, 3, 1, 'birthday', 3);

            INSERT INTO crm.contact (account_id, contact_id, email, email_key, first_name, email_consent, fields)
            SELECT @accountId, i, 'c' || i || '@example.org', 'c' || i || '@example.org', 'Name ' || i % 1000, 1 + i % 3,
                   jsonb_build_object('1', (ARRAY['DE', 'AT', 'CH', 'FR', 'US'])[1 + i % 5], '2', i % 101,
                                      '3', to_char(date '1950-01-01' + i % 20000, 'YYYY-MM-DD'))
            FROM generate_series(1, @contacts) AS i;

            INSERT INTO crm.pipeline (account_id, pipeline_id, name) VALUES (@accountId, 1, 'Sales');
            INSERT INTO crm.stage (account_id, stage_id, pipeline_id, name, ordinal)
            SELECT @accountId, i, 1, 'Stage ' || i, i FROM generate_series(1, 5) AS i;

            INSERT INTO crm.opportunity (account_id, opportunity_id, contact_id, pipeline_id, stage_id, amount)
            SELECT @accountId, i, 1 + (i * 7919::bigint) % @contacts, 1, 1 + i % 5, i % 10000
            FROM generate_series(1, @contacts * 3 / 10) AS i;

            INSERT INTO crm.id_block (account_id, kind, next_id)
            VALUES (@accountId, 'field', 4), (@accountId, 'pipeline', 2), (@accountId, 'stage', 6), (@accountId, 'opportunity', @contacts * 3 / 10 + 1);
            """;
        await using var connection = await db.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, new { accountId, contacts }, commandTimeout: 0);
    }
}
