using Dapper;
using Npgsql;
using NpgsqlTypes;
using TagSegments.Bitmaps;

namespace TagSegments.Benchmarks.Segments;

/// <summary>The conventional schema: a row per tag and contact, with its primary key and the reverse index.</summary>
internal static class RowSchema
{
    public static async Task CreateAsync(NpgsqlDataSource db, int accountId, Bitmap[] tags)
    {
        await using var connection = await db.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "CREATE SCHEMA bench; CREATE TABLE bench.contact_tag (account_id int NOT NULL, tag_id int NOT NULL, contact_id int NOT NULL)");
        Copy(connection, accountId, tags);
        await connection.ExecuteAsync(
            """
            ALTER TABLE bench.contact_tag ADD PRIMARY KEY (account_id, tag_id, contact_id);
            CREATE INDEX ON bench.contact_tag (account_id, contact_id, tag_id);
            """,
            commandTimeout: 0);
    }

    private static void Copy(NpgsqlConnection connection, int accountId, Bitmap[] tags)
    {
        using var copy = connection.BeginBinaryImport("COPY bench.contact_tag (account_id, tag_id, contact_id) FROM STDIN (FORMAT binary)");
        for (var tag = 0; tag < tags.Length; tag++)
        {
            foreach (var contact in tags[tag].After(-1))
            {
                copy.StartRow();
                copy.Write(accountId, NpgsqlDbType.Integer);
                copy.Write(tag + 1, NpgsqlDbType.Integer);
                copy.Write(contact, NpgsqlDbType.Integer);
            }
        }

        copy.Complete();
    }
}
