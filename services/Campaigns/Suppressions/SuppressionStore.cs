using Crm.Activity.V1;
using Crm.Common.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Suppressions;

/// <summary>The suppression list.</summary>
internal sealed class SuppressionStore(AccountDatabase database)
{
    /// <summary>
    /// Adds an address to the list and takes its unsent messages out of the ledger, in one transaction. The update waits for a sender that is just
    /// taking such a message, so each message has either left before this commits, or never leaves. The caller moves the clock if the list has
    /// changed.
    /// </summary>
    public static async Task<(bool Changed, int Skipped)> AddAsync(
        NpgsqlTransaction tx, int accountId, Suppression suppression, CancellationToken ct)
    {
        const string sql =
            """
            INSERT INTO campaigns.suppression (account_id, channel, address_key, reason, source)
            VALUES (@accountId, @channel, @key, @reason, @Source)
            ON CONFLICT DO NOTHING
            """;
        const string skipSql =
            $"""
            UPDATE campaigns.recipient
            SET state = {RecipientStates.Skipped}, updated_at = now(),
                reason = CASE WHEN @reason = {SuppressionReasons.Unsubscribed} THEN {RecipientReasons.Unsubscribed} ELSE {RecipientReasons.Suppressed} END
            WHERE account_id = @accountId AND channel = @channel AND address_key = @key AND state IN {RecipientStates.Waiting}
            """;
        const string skipDomainSql =
            $"""
            UPDATE campaigns.recipient
            SET state = {RecipientStates.Skipped}, updated_at = now(), reason = {RecipientReasons.Suppressed}
            WHERE account_id = @accountId AND channel = @channel AND right('.' || split_part(address_key, '@', -1), length(@key) + 1) = '.' || @key
              AND state IN {RecipientStates.Waiting}
            """;
        var key = SuppressionKey.Of(suppression.Channel, suppression.Address);
        var row = new { accountId, channel = (short)suppression.Channel, key, reason = (short)suppression.Reason, suppression.Source };
        var inserted = await tx.Connection!.ExecuteAsync(new CommandDefinition(sql, row, tx, cancellationToken: ct));
        var skipped = await tx.Connection!.ExecuteAsync(new CommandDefinition(
            SuppressionKey.IsDomain(suppression.Channel, key) ? skipDomainSql : skipSql, row, tx, cancellationToken: ct));
        return (inserted > 0, skipped);
    }

    /// <summary>
    /// Takes an address off the list and keeps the proof; null if it is not on it. The caller moves the clock on if the list has changed.
    /// </summary>
    public static async Task<Suppression?> RemoveAsync(
        NpgsqlTransaction tx, int accountId, Channel channel, string address, string proof, string actor, CancellationToken ct)
    {
        const string sql =
            """
            DELETE FROM campaigns.suppression
            WHERE account_id = @accountId AND channel = @channel AND address_key = @key
            RETURNING channel, address_key, reason, source, created_at
            """;
        const string proofSql =
            """
            INSERT INTO campaigns.suppression_removal (account_id, channel, address_key, reason, proof, actor)
            VALUES (@accountId, @Channel, @AddressKey, @Reason, @proof, @actor)
            """;
        var key = SuppressionKey.Of(channel, address);
        var removed = await tx.Connection!.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(sql, new { accountId, channel = (short)channel, key }, tx, cancellationToken: ct));
        if (removed is null)
        {
            return null;
        }

        var kept = new { accountId, removed.Channel, removed.AddressKey, removed.Reason, proof, actor };
        await tx.Connection!.ExecuteAsync(new CommandDefinition(proofSql, kept, tx, cancellationToken: ct));
        return ToSuppression(removed);
    }

    /// <summary>Whether the owner of an address has given a new consent after a time.</summary>
    public static Task<bool> HasNewerConsentAsync(
        NpgsqlTransaction tx, int accountId, Channel channel, string address, DateTime time, CancellationToken ct)
    {
        const string sql =
            """
            SELECT EXISTS (
                SELECT 1
                FROM campaigns.suppression_removal
                WHERE account_id = @accountId AND channel = @channel AND address_key = @key AND removed_at > @time)
            """;
        var parameters = new { accountId, channel = (short)channel, key = Address.Key(channel, address), time };
        return tx.Connection!.ExecuteScalarAsync<bool>(new CommandDefinition(sql, parameters, tx, cancellationToken: ct));
    }

    /// <summary>Lists the entries after an address. Searched is what is stored, so an international domain is found by both of its forms.</summary>
    public async Task<List<Suppression>> ListAsync(
        int accountId, Channel channel, string search, string after, int limit, CancellationToken ct)
    {
        const string sql =
            """
            SELECT channel, address_key, reason, source, created_at
            FROM campaigns.suppression
            WHERE account_id = @accountId AND channel = @channel AND address_key > @after AND NOT former
              AND strpos(address_key, @search) > 0
            ORDER BY address_key
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var parameters = new { accountId, channel = (short)channel, search = ToSearched(search), after, limit };
        return [.. (await connection.QueryAsync<Row>(new CommandDefinition(sql, parameters, cancellationToken: ct))).Select(ToSuppression)];
    }

    /// <summary>Finds the entries that suppress addresses: the addresses themselves and the domains that they are in.</summary>
    public async Task<List<Suppression>> CheckAsync(AccountInfo account, Channel channel, IEnumerable<string> addresses, CancellationToken ct)
    {
        string[] keys = [.. addresses.SelectMany(address => SuppressionKey.Suppressing(channel, address, account.Country)).Distinct()];
        await using var connection = await database.OpenAsync(account.Id, ct);
        return await FindAsync(connection, account.Id, channel, keys, ct);
    }

    /// <summary>Finds the normalised addresses that are on the list.</summary>
    public static async Task<List<Suppression>> FindAsync(
        NpgsqlConnection connection, int accountId, Channel channel, string[] keys, CancellationToken ct)
    {
        const string sql =
            """
            SELECT channel, address_key, reason, source, created_at
            FROM campaigns.suppression
            WHERE account_id = @accountId AND channel = @channel AND address_key = ANY(@keys)
            ORDER BY address_key
            """;
        var parameters = new { accountId, channel = (short)channel, keys };
        return [.. (await connection.QueryAsync<Row>(new CommandDefinition(sql, parameters, cancellationToken: ct))).Select(ToSuppression)];
    }

    private static string ToSearched(string search) =>
        !System.Text.Ascii.IsValid(search) && SuppressionKey.IsDomain(Channel.Email, search[(search.LastIndexOf('@') + 1)..])
            ? $"{search[..(search.LastIndexOf('@') + 1)]}{DomainName.ToAscii(search[(search.LastIndexOf('@') + 1)..])}".ToLowerInvariant()
            : search.ToLowerInvariant();

    private static Suppression ToSuppression(Row row) => new()
    {
        Channel = (Channel)row.Channel,
        Address = row.AddressKey,
        Reason = (Suppression.Types.Reason)row.Reason,
        Source = row.Source ?? "",
        CreateTime = Timestamp.FromDateTime(row.CreatedAt),
    };

    private sealed record Row(short Channel, string AddressKey, short Reason, string? Source, DateTime CreatedAt);
}
