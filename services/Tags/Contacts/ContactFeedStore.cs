using System.Data;
using System.Runtime.CompilerServices;
using Crm.Common.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Contacts;

/// <summary>Reads the change logs in the order of commits.</summary>
internal sealed class ContactFeedStore(NpgsqlDataSource database)
{
    /// <summary>The commit at a position; null if there is none.</summary>
    public Task<Position?> PositionAsync(int accountId, long pos, CancellationToken ct) =>
        FindAsync("SELECT pos, nonce FROM crm.commit WHERE account_id = @accountId AND pos = @pos", new { accountId, pos }, ct);

    /// <summary>The last commit.</summary>
    public async Task<Position> PresentAsync(int accountId, CancellationToken ct) =>
        await FindAsync("SELECT pos, nonce FROM crm.clock WHERE account_id = @accountId", new { accountId }, ct) ?? default;

    /// <summary>The end of the next step behind a position, some commits further; null if there is nothing new.</summary>
    public Task<Position?> NextStepAsync(int accountId, long after, CancellationToken ct)
    {
        const string sql = """
            SELECT pos, nonce
            FROM (SELECT pos, nonce FROM crm.commit WHERE account_id = @accountId AND pos > @after ORDER BY pos LIMIT 200) AS step
            ORDER BY pos DESC
            LIMIT 1
            """;
        return FindAsync(sql, new { accountId, after }, ct);
    }

    /// <summary>Reads the commits with changes of contacts in (after, upTo], one at a time.</summary>
    public async IAsyncEnumerable<ContactCommit> ReadAsync(
        int accountId, long after, long upTo, [EnumeratorCancellation] CancellationToken ct)
    {
        // Tag 0 tells who was created or restored and who was deleted, also for bulk writes, which have no row per contact in the other log.
        const string sql = """
            SELECT change.*, commit.nonce
            FROM (
                SELECT pos, false AS by_contact, seq, contact_id, op AS kind, chunk, bits, NULL AS before,
                    cause_kind, cause_id, cause_detail, cause_chain, at
                FROM tags.tag_change
                WHERE account_id = @accountId AND tag_id = 0 AND pos > @after AND pos <= @upTo
                UNION ALL
                SELECT pos, true, seq, contact_id, kind, NULL, NULL, before::text, cause_kind, cause_id, cause_detail, cause_chain, at
                FROM crm.contact_change
                WHERE account_id = @accountId AND pos > @after AND pos <= @upTo) AS change
            JOIN crm.commit ON commit.account_id = @accountId AND commit.pos = change.pos
            ORDER BY change.pos, change.seq
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var reader = (NpgsqlDataReader)await connection.ExecuteReaderAsync(
            new CommandDefinition(sql, new { accountId, after, upTo }, cancellationToken: ct));
        ContactCommit? commit = null;
        while (await reader.ReadAsync(ct))
        {
            var position = new Position(reader.GetInt64("pos"), reader.GetGuid("nonce"));
            if (commit is not null && commit.Position != position)
            {
                yield return commit;
                commit = null;
            }

            commit ??= new ContactCommit(position);
            commit.Changes.Add(ReadChange(reader));
        }

        if (commit is not null)
        {
            yield return commit;
        }
    }

    private static ContactCommit.Change ReadChange(NpgsqlDataReader reader) => new(
        reader.GetBoolean("by_contact"),
        Contacts(reader),
        reader.GetInt16("kind"),
        Text(reader, "before"),
        new Cause
        {
            Kind = (Cause.Types.Kind)reader.GetInt16("cause_kind"),
            Id = Text(reader, "cause_id") ?? "",
            Detail = Text(reader, "cause_detail") ?? "",
            WorkflowChain = { reader.IsDBNull("cause_chain") ? [] : reader.GetFieldValue<string[]>("cause_chain") },
        },
        reader.GetDateTime("at"));

    private static List<int> Contacts(NpgsqlDataReader reader) => reader.IsDBNull("contact_id")
        ? ChunkBits.Contacts(reader.GetInt32("chunk"), reader.ReadBits(reader.GetOrdinal("bits")))
        : [reader.GetInt32("contact_id")];

    private static string? Text(NpgsqlDataReader reader, string column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private async Task<Position?> FindAsync(string sql, object values, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var found = await connection.QuerySingleOrDefaultAsync<(long Pos, Guid Nonce)?>(new CommandDefinition(sql, values, cancellationToken: ct));
        return found is { } position ? new Position(position.Pos, position.Nonce) : null;
    }
}
