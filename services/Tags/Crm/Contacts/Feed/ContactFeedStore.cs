using System.Data;
using System.Data.Common;
using Crm.Common.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Tagging.Feed;

namespace TagSegments.Tags.Crm.Contacts.Feed;

/// <summary>Reads the change logs in the order of commits.</summary>
internal sealed class ContactFeedStore(AccountDatabase database)
{
    private const int PageRows = 2_000;

    /// <summary>
    /// The columns of tag 0, the log of created, restored and deleted contacts. It has bulk writes too, which have no row by contact; only single
    /// contacts are restored, and their row in the other log says so.
    /// </summary>
    public const string LivingColumns = $"""
        pos, seq, false AS by_contact, contact_id,
            (CASE WHEN op = {TagOps.Removed} THEN {ContactChangeKinds.Deleted}
                WHEN contact_id IS NOT NULL AND EXISTS (
                    SELECT FROM crm.contact_change r
                    WHERE r.account_id = tag_change.account_id AND r.contact_id = tag_change.contact_id AND r.pos = tag_change.pos AND r.kind = {ContactChangeKinds.Restored})
                    THEN {ContactChangeKinds.Restored}
                ELSE {ContactChangeKinds.Created} END)::smallint AS kind,
            chunk, bits, NULL::text AS before, cause_kind, cause_id, cause_detail, cause_chain, at, skip_workflows
        """;

    /// <summary>The columns of the log by contact, in the same order.</summary>
    public const string ChangeColumns =
        "pos, seq, true, contact_id, kind, NULL::int, NULL::bit(16384), before::text, cause_kind, cause_id, cause_detail, cause_chain, at, skip_workflows";

    /// <summary>Throws OUT_OF_RANGE if changes after a position have been deleted; the beginning is that of what is kept.</summary>
    public async Task RequireAsync(int accountId, long after, CancellationToken ct)
    {
        const string sql = """
            SELECT a.history_from
            FROM crm.change_floor f
            JOIN crm.account a USING (account_id)
            WHERE f.account_id = @accountId AND f.pos > @after
            """;
        if (after == 0)
        {
            return;
        }

        await using var connection = await database.OpenAsync(accountId, ct);
        if (await connection.QuerySingleOrDefaultAsync<DateTime?>(new CommandDefinition(sql, new { accountId, after }, cancellationToken: ct)) is { } begin)
        {
            throw RpcErrors.HistoryMissing("The changes after this position have been deleted", begin);
        }
    }

    /// <summary>The end of the next step after a position, some commits further; null if there is nothing new.</summary>
    public async Task<FeedCursor?> NextStepAsync(int accountId, long after, CancellationToken ct)
    {
        const string sql = """
            SELECT pos, nonce
            FROM (SELECT pos, nonce FROM crm.commit WHERE account_id = @accountId AND pos > @after ORDER BY pos LIMIT 200) AS step
            ORDER BY pos DESC
            LIMIT 1
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var found = await connection.QuerySingleOrDefaultAsync<(long Pos, Guid Nonce)?>(
            new CommandDefinition(sql, new { accountId, after }, cancellationToken: ct));
        return found is { } commit ? FeedCursor.After(commit.Pos, commit.Nonce) : null;
    }

    /// <summary>
    /// Reads the next commits with changes of contacts in (after, upTo]. There may be more of them unless there are none: a page ends with a
    /// whole commit.
    /// </summary>
    public async Task<List<ContactCommit>> ReadAsync(int accountId, long after, long upTo, CancellationToken ct)
    {
        var (commits, rows) = await ReadAsync(accountId, after, upTo, PageRows, ct);
        if (rows < PageRows)
        {
            return commits;
        }

        // The last one may be cut off. One that is larger than a page is read by itself.
        return commits.Count > 1
            ? commits[..^1]
            : (await ReadAsync(accountId, after, commits[0].Position.Pos, int.MaxValue, ct)).Commits;
    }

    /// <summary>Reads a row of these columns.</summary>
    public static ContactCommit.Change ReadChange(DbDataReader reader) => new(
        reader.GetInt32("seq"),
        reader.GetBoolean("by_contact"),
        Contacts(reader),
        (ContactChangeKind)reader.GetInt16("kind"),
        Text(reader, "before"),
        new Cause
        {
            Kind = (Cause.Types.Kind)reader.GetInt16("cause_kind"),
            Id = Text(reader, "cause_id") ?? "",
            Detail = Text(reader, "cause_detail") ?? "",
            WorkflowChain = { reader.IsDBNull("cause_chain") ? [] : reader.GetFieldValue<string[]>("cause_chain") },
        },
        reader.GetDateTime("at"),
        reader.GetBoolean("skip_workflows"));

    private async Task<(List<ContactCommit> Commits, int Rows)> ReadAsync(int accountId, long after, long upTo, int limit, CancellationToken ct)
    {
        const string sql = $"""
            SELECT change.*, commit.nonce
            FROM (
                SELECT {LivingColumns}
                FROM tags.tag_change
                WHERE account_id = @accountId AND tag_id = 0 AND pos > @after AND pos <= @upTo
                UNION ALL
                SELECT {ChangeColumns}
                FROM crm.contact_change
                WHERE account_id = @accountId AND pos > @after AND pos <= @upTo) AS change
            JOIN crm.commit ON commit.account_id = @accountId AND commit.pos = change.pos
            ORDER BY change.pos, change.seq
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        await using var reader = await connection.ExecuteReaderAsync(
            new CommandDefinition(sql, new { accountId, after, upTo, limit }, cancellationToken: ct));
        var (commits, rows) = (new List<ContactCommit>(), 0);
        for (; await reader.ReadAsync(ct); rows++)
        {
            var position = new ClockPosition(reader.GetInt64("pos"), reader.GetGuid("nonce"));
            if (commits.Count == 0 || commits[^1].Position != position)
            {
                commits.Add(new ContactCommit(position));
            }

            commits[^1].Changes.Add(ReadChange(reader));
        }

        return (commits, rows);
    }

    private static List<int> Contacts(DbDataReader reader) => reader.IsDBNull("contact_id")
        ? ChunkBits.Contacts(reader.GetInt32("chunk"), reader.ReadBits(reader.GetOrdinal("bits")))
        : [reader.GetInt32("contact_id")];

    private static string? Text(DbDataReader reader, string column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
