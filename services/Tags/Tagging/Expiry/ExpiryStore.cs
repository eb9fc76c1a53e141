using Crm.Common.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Expiry;

/// <summary>The tags that are to be removed again.</summary>
internal sealed class ExpiryStore(AccountDatabase database, WorkDatabase work)
{
    /// <summary>
    /// The condition that an expiry <c>e</c> of @AccountId still holds: the tag is not deleted and was not taken off the contact since, by the
    /// contact's number or in a change of many.
    /// </summary>
    public const string Holds = $"""
        EXISTS (SELECT FROM tags.tag t WHERE t.account_id = @AccountId AND t.tag_id = e.tag_id AND t.deleted_at IS NULL)
        AND NOT EXISTS (
            SELECT FROM tags.tag_change c
            WHERE c.account_id = @AccountId AND c.chunk = e.contact_id / 16384 AND c.contact_id = e.contact_id
                AND c.pos > e.pos AND c.tag_id = e.tag_id AND c.op = {TagOps.Removed} AND c.cause_kind <> {CauseKinds.TagLifecycle})
        AND NOT EXISTS (
            SELECT FROM tags.tag_change c
            WHERE c.account_id = @AccountId AND c.chunk = e.contact_id / 16384 AND c.contact_id IS NULL
                AND c.pos > e.pos AND c.tag_id = e.tag_id AND c.op = {TagOps.Removed} AND c.cause_kind <> {CauseKinds.TagLifecycle}
                AND get_bit(c.bits, e.contact_id % 16384) = 1)
        """;

    private const int MaxAtOnce = 500;

    /// <summary>Adds the statement that stores when tags of contacts expire to a batch; it replaces earlier times.</summary>
    public static void AddKeep(
        NpgsqlBatch batch, int accountId, IReadOnlyList<(int TagId, int ContactId, DateTime ExpiresAt)> expiries, long pos) =>
        batch.Add(
            """
            INSERT INTO tags.tag_expiry (account_id, tag_id, contact_id, expires_at, pos)
            SELECT DISTINCT ON (e.tag_id, e.contact_id) $1, e.tag_id, e.contact_id, e.expires_at, $5
            FROM unnest($2::int[], $3::int[], $4::timestamptz[]) WITH ORDINALITY AS e (tag_id, contact_id, expires_at, number)
            ORDER BY e.tag_id, e.contact_id, e.number DESC
            ON CONFLICT (account_id, tag_id, contact_id) DO UPDATE SET expires_at = excluded.expires_at, pos = excluded.pos
            """,
            accountId,
            expiries.Select(expiry => expiry.TagId).ToArray(),
            expiries.Select(expiry => expiry.ContactId).ToArray(),
            expiries.Select(expiry => expiry.ExpiresAt).ToArray(),
            pos);

    /// <summary>Lists the accounts in which something is due.</summary>
    public async Task<List<int>> DueAccountsAsync(DateTime now, CancellationToken ct)
    {
        const string sql = "SELECT DISTINCT account_id FROM tags.tag_expiry WHERE expires_at <= @now";
        await using var connection = await work.OpenAsync(ct);
        return (await connection.QueryAsync<int>(new CommandDefinition(sql, new { now }, cancellationToken: ct))).AsList();
    }

    /// <summary>Removes tags that are due in one transaction; false if there are none left that nobody else is removing.</summary>
    public Task<bool> ExpireAsync(int accountId, DateTime now, CancellationToken ct) =>
        AccountTransaction.RunAsync(database, accountId, transaction => ExpireAsync(transaction, now, ct), ct);

    private static async Task<bool> ExpireAsync(AccountTransaction transaction, DateTime now, CancellationToken ct)
    {
        await transaction.ShareLibraryAsync(ct);
        var due = await TakeAsync(transaction, now, ct);
        var cause = new ChangeCause(Cause.Types.Kind.Expiry, "tags");
        foreach (var tag in due.Where(row => row.Valid).GroupBy(row => row.TagId).OrderBy(tag => tag.Key))
        {
            await transaction.SetBitsAsync(tag.Key, [.. tag.Select(row => row.ContactId)], on: false, cause, ct);
        }

        return due.Count > 0;
    }

    private static async Task<List<(int TagId, int ContactId, bool Valid)>> TakeAsync(
        AccountTransaction transaction, DateTime now, CancellationToken ct)
    {
        const string sql = $"""
            WITH due AS (
                SELECT tag_id, contact_id FROM tags.tag_expiry
                WHERE account_id = @AccountId AND expires_at <= @now
                LIMIT @limit
                FOR UPDATE SKIP LOCKED),
            taken AS (
                DELETE FROM tags.tag_expiry e USING due
                WHERE e.account_id = @AccountId AND e.tag_id = due.tag_id AND e.contact_id = due.contact_id
                RETURNING e.tag_id, e.contact_id, e.pos)
            SELECT e.tag_id, e.contact_id, {Holds}
            FROM taken e
            """;
        var values = new { transaction.AccountId, now, limit = MaxAtOnce };
        return (await transaction.Connection.QueryAsync<(int, int, bool)>(
            new CommandDefinition(sql, values, transaction.Transaction, cancellationToken: ct))).AsList();
    }
}
