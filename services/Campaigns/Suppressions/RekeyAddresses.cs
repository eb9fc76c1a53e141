using Crm.Common.V1;
using Dapper;
using Npgsql;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Suppressions;

/// <summary>
/// Stores the keys of addresses anew: former versions only lowered the case. Entries of the suppression list stay under their former keys as well,
/// for processes of a former version that run beside, and for questions about the past, when contacts had the former keys.
/// </summary>
internal sealed class RekeyAddresses : ICodeMigration
{
    private const int RowsAtOnce = 10_000;

    // What may have another key now: international domains and local parts, and every way to write a phone number.
    private const string IsSuspect = $"(channel = {Channels.Sms} OR address_key ~ '[^\\u0001-\\u007f]' OR address_key ~* '@(.*\\.)?xn--' OR address_key LIKE '%.')";

    /// <inheritdoc/>
    public string Name => "0028_rekey_addresses";

    /// <inheritdoc/>
    public async Task ApplyAsync(NpgsqlTransaction transaction, CancellationToken ct)
    {
        foreach (var (accountId, changes) in await FormerAsync(transaction, "campaigns.suppression", ct))
        {
            await AddSuppressionsAsync(transaction, accountId, changes, ct);
        }

        foreach (var (accountId, changes) in await FormerAsync(transaction, "campaigns.suppression_removal", ct))
        {
            await RenameAsync(transaction, "campaigns.suppression_removal", accountId, changes, "o.removed_at = t.removed_at", ct);
        }

        foreach (var (accountId, changes) in await FormerAsync(transaction, "campaigns.team_address", ct))
        {
            await RenameAsync(transaction, "campaigns.team_address", accountId, changes, "true", ct);
        }

        foreach (var (accountId, changes) in await FormerAsync(transaction, "campaigns.recipient", ct))
        {
            await RenameAsync(transaction, "campaigns.recipient", accountId, changes, "o.campaign_id = t.campaign_id", ct);
        }
    }

    private static async Task<ILookup<int, Change>> ReadAsync(NpgsqlTransaction transaction, string table, CancellationToken ct)
    {
        var sql = $"SELECT DISTINCT account_id, channel, address_key FROM {table} WHERE address_key IS NOT NULL AND {IsSuspect}";
        var rows = await transaction.Connection!.QueryAsync<(int AccountId, short Channel, string Key)>(
            new CommandDefinition(sql, transaction: transaction, commandTimeout: 0, cancellationToken: ct));
        return rows.Select(row => (row.AccountId, Change: new Change(row.Channel, row.Key, Address.Key((Channel)row.Channel, row.Key))))
            .Where(row => row.Change.Former != row.Change.Key)
            .ToLookup(row => row.AccountId, row => row.Change);
    }

    private static async Task<IEnumerable<(int AccountId, Change[] Changes)>> FormerAsync(NpgsqlTransaction transaction, string table, CancellationToken ct) =>
        (await ReadAsync(transaction, table, ct)).SelectMany(account => account.Chunk(RowsAtOnce).Select(changes => (account.Key, changes)));

    // The clock moves first: the history takes its position at the end of the transaction.
    private static Task AddSuppressionsAsync(NpgsqlTransaction transaction, int accountId, Change[] changes, CancellationToken ct)
    {
        const string sql = """
            WITH clock AS (
                UPDATE campaigns.activity_clock SET pos = pos + 1, nonce = gen_random_uuid() WHERE account_id = @accountId
                RETURNING pos, nonce),
            noted AS (
                INSERT INTO campaigns.activity_commit (account_id, pos, nonce, contact_ids, suppressions)
                SELECT @accountId, pos, nonce, '{}', true FROM clock),
            kept AS (
                UPDATE campaigns.suppression s
                SET former = true
                FROM unnest(@channels, @formers, @keys) AS c (channel, former, key)
                WHERE s.account_id = @accountId AND s.channel = c.channel AND s.address_key = c.former
                RETURNING s.channel, c.key, s.reason, s.source, s.created_at)
            INSERT INTO campaigns.suppression (account_id, channel, address_key, reason, source, created_at)
            SELECT DISTINCT ON (channel, key) @accountId, channel, key, reason, source, created_at FROM kept ORDER BY channel, key, created_at
            ON CONFLICT DO NOTHING
            """;
        return ExecuteAsync(transaction, sql, accountId, changes, ct);
    }

    // Where the new key is taken, by another way to write the same address, the older row stays under its former key.
    private static Task RenameAsync(NpgsqlTransaction transaction, string table, int accountId, Change[] changes, string same, CancellationToken ct)
    {
        var sql = $"""
            WITH t AS (
                SELECT DISTINCT ON (t.account_id, t.channel, c.key{(same == "true" ? "" : $", {same.Split(" = ")[1]}")}) t.ctid, c.key
                FROM {table} t
                JOIN unnest(@channels, @formers, @keys) AS c (channel, former, key) ON t.channel = c.channel AND t.address_key = c.former
                WHERE t.account_id = @accountId AND NOT EXISTS (
                    SELECT FROM {table} o
                    WHERE o.account_id = @accountId AND o.channel = t.channel AND o.address_key = c.key AND {same}))
            UPDATE {table} r SET address_key = t.key FROM t WHERE r.ctid = t.ctid AND r.account_id = @accountId
            """;
        return ExecuteAsync(transaction, sql, accountId, changes, ct);
    }

    private static Task ExecuteAsync(NpgsqlTransaction transaction, string sql, int accountId, Change[] changes, CancellationToken ct)
    {
        var values = new
        {
            accountId,
            channels = changes.Select(change => change.Channel).ToArray(),
            formers = changes.Select(change => change.Former).ToArray(),
            keys = changes.Select(change => change.Key).ToArray(),
        };
        return transaction.Connection!.ExecuteAsync(new CommandDefinition(sql, values, transaction, commandTimeout: 0, cancellationToken: ct));
    }

    private sealed record Change(short Channel, string Former, string Key);
}
