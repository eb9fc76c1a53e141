using Dapper;
using Google.Protobuf;
using Npgsql;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>
/// The calls with a request id that a service has answered, with their answers, in <paramref name="table"/>. Each is written in the
/// transaction of its effect.
/// </summary>
public sealed class RequestLog(string table)
{
    /// <summary>The table.</summary>
    public string Table => table;

    /// <summary>Claims keys for a transaction and returns the new ones. A concurrent twin waits here until the transaction ends.</summary>
    public async Task<HashSet<(string Principal, string Method, string RequestId)>> ClaimAsync(
        NpgsqlTransaction tx, int accountId, IReadOnlyList<RequestKey> keys, CancellationToken ct)
    {
        var sql = $"""
            INSERT INTO {table} (account_id, principal, method, request_id, payload_hash)
            SELECT @accountId, r.*
            FROM unnest(@principals, @methods, @ids, @hashes) AS r (principal, method, id, hash)
            ORDER BY 2, 3, 4
            ON CONFLICT DO NOTHING
            RETURNING principal, method, request_id
            """;
        return [.. await tx.Connection!.QueryAsync<(string, string, string)>(Command(sql, tx, accountId, keys, [], ct))];
    }

    /// <summary>Finds the hashes and the answers of calls that were answered before.</summary>
    public async Task<Dictionary<(string Principal, string Method, string RequestId), (byte[] PayloadHash, byte[] Response)>> FindAsync(
        NpgsqlConnection connection, int accountId, IReadOnlyList<RequestKey> keys, CancellationToken ct)
    {
        var sql = $"""
            SELECT principal, method, request_id, payload_hash, response
            FROM {table}
            JOIN unnest(@principals, @methods, @ids) AS r (principal, method, request_id) USING (principal, method, request_id)
            WHERE account_id = @accountId
            """;
        var rows = await connection.QueryAsync<(string Principal, string Method, string Id, byte[] Hash, byte[] Response)>(
            Command(sql, null, accountId, keys, [], ct));
        return rows.ToDictionary(row => (row.Principal, row.Method, row.Id), row => (row.Hash, row.Response));
    }

    /// <summary>Keeps the answers of claimed keys.</summary>
    public Task StoreAsync(
        NpgsqlTransaction tx, int accountId, IReadOnlyList<(RequestKey Key, IMessage Response)> answered, CancellationToken ct)
    {
        var sql = $"""
            UPDATE {table} AS t
            SET response = r.response
            FROM unnest(@principals, @methods, @ids, @responses) AS r (principal, method, id, response)
            WHERE t.account_id = @accountId AND t.principal = r.principal AND t.method = r.method AND t.request_id = r.id
            """;
        var responses = answered.Select(entry => entry.Response.ToByteArray()).ToArray();
        return tx.Connection!.ExecuteAsync(Command(sql, tx, accountId, [.. answered.Select(entry => entry.Key)], responses, ct));
    }

    /// <summary>Gives back claimed keys of calls that failed: such a call may be repeated.</summary>
    public Task ReleaseAsync(NpgsqlTransaction tx, int accountId, IReadOnlyList<RequestKey> keys, CancellationToken ct)
    {
        var sql = $"""
            DELETE FROM {table} AS t
            USING unnest(@principals, @methods, @ids) AS r (principal, method, id)
            WHERE t.account_id = @accountId AND t.principal = r.principal AND t.method = r.method AND t.request_id = r.id
                AND t.response IS NULL
            """;
        return tx.Connection!.ExecuteAsync(Command(sql, tx, accountId, keys, [], ct));
    }

    private static CommandDefinition Command(
        string sql, NpgsqlTransaction? tx, int accountId, IReadOnlyList<RequestKey> keys, byte[][] responses, CancellationToken ct) => new(
        sql,
        new
        {
            accountId,
            principals = keys.Select(key => key.Principal).ToArray(),
            methods = keys.Select(key => key.Method).ToArray(),
            ids = keys.Select(key => key.RequestId).ToArray(),
            hashes = keys.Select(key => key.PayloadHash).ToArray(),
            responses,
        },
        tx,
        cancellationToken: ct);
}
