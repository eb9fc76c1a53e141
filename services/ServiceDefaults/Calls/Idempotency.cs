using System.Security.Cryptography;
using Crm.Errors.V1;
using Dapper;
using Google.Protobuf;
using Grpc.Core;
using Npgsql;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>Executes calls with a <c>request_id</c> once: the transaction of the effect also keeps the answer.</summary>
public static class Idempotency
{
    /// <summary>The longest request id, in characters.</summary>
    public const int MaxLength = 100;

    /// <summary>
    /// Runs <paramref name="effect"/>, or returns the earlier answer if this caller's request was answered before. A concurrent duplicate waits
    /// until the first one commits. <paramref name="table"/> is a constant of the calling service.
    /// </summary>
    public static async Task<T> RunAsync<T>(
        NpgsqlTransaction tx,
        string table,
        int accountId,
        ServerCallContext context,
        IMessage request,
        string requestId,
        Func<Task<T>> effect)
        where T : class, IMessage<T>, new()
    {
        if (requestId.Length == 0)
        {
            return await effect();
        }

        CheckLength(requestId);
        var key = new RequestKey(accountId, context.Principal(), context.Method, requestId, PayloadHash(request));
        if (await FindAsync<T>(tx, table, key, context.CancellationToken) is { } answered)
        {
            return answered;
        }

        var response = await effect();
        await StoreAsync(tx, table, key, response, context.CancellationToken);
        return response;
    }

    /// <summary>
    /// Gets the answer to a request that this caller's request id was used for before; null if there is none yet. It takes no lock, so a call
    /// that must ask another service first can do so between this and <see cref="RunAsync"/>.
    /// </summary>
    public static async Task<T?> FindAnswerAsync<T>(
        NpgsqlConnection connection, string table, int accountId, ServerCallContext context, IMessage request, string requestId)
        where T : class, IMessage<T>, new()
    {
        if (requestId.Length == 0)
        {
            return null;
        }

        CheckLength(requestId);
        var key = new RequestKey(accountId, context.Principal(), context.Method, requestId, PayloadHash(request));
        return await ReadAsync<T>(connection, null, table, key, context.CancellationToken);
    }

    /// <summary>Throws INVALID_ARGUMENT if the id is too long.</summary>
    public static void CheckLength(string requestId)
    {
        if (requestId.Length > MaxLength)
        {
            throw RpcErrors.InvalidField("request_id", $"is longer than {MaxLength} characters");
        }
    }

    /// <summary>Hashes the content of a request without its id.</summary>
    public static byte[] PayloadHash(IMessage request)
    {
        var copy = request.Descriptor.Parser.ParseFrom(request.ToByteArray());
        copy.Descriptor.FindFieldByName("request_id").Accessor.Clear(copy);
        return SHA256.HashData(copy.ToByteArray());
    }

    // The insert comes first, so a concurrent duplicate waits on the unique key until this transaction ends.
    private static async Task<T?> FindAsync<T>(NpgsqlTransaction tx, string table, RequestKey key, CancellationToken ct)
        where T : class, IMessage<T>, new()
    {
        var inserted = await tx.Connection!.ExecuteAsync(new CommandDefinition(
            $"""
            INSERT INTO {table} (account_id, principal, method, request_id, payload_hash)
            VALUES (@AccountId, @Principal, @Method, @RequestId, @PayloadHash)
            ON CONFLICT DO NOTHING
            """,
            key,
            tx,
            cancellationToken: ct));
        return inserted == 1 ? null : await ReadAsync<T>(tx.Connection!, tx, table, key, ct);
    }

    private static async Task<T?> ReadAsync<T>(
        NpgsqlConnection connection, NpgsqlTransaction? tx, string table, RequestKey key, CancellationToken ct)
        where T : class, IMessage<T>, new()
    {
        var stored = await connection.QuerySingleOrDefaultAsync<(byte[] PayloadHash, byte[] Response)?>(new CommandDefinition(
            $"""
            SELECT payload_hash, response
            FROM {table}
            WHERE account_id = @AccountId AND principal = @Principal AND method = @Method AND request_id = @RequestId
            """,
            key,
            tx,
            cancellationToken: ct));
        if (stored is not { } answer)
        {
            return null;
        }

        return answer.PayloadHash.AsSpan().SequenceEqual(key.PayloadHash)
            ? new MessageParser<T>(() => new T()).ParseFrom(answer.Response)
            : throw Reused(key.RequestId);
    }

    /// <summary>Creates the error for a request id that was used before with another request.</summary>
    public static RpcException Reused(string requestId) => RpcErrors.Create(
        StatusCode.FailedPrecondition,
        ErrorReason.RequestIdReused,
        "The request_id was used before with another request.",
        ("request_id", requestId));

    private static Task StoreAsync(NpgsqlTransaction tx, string table, RequestKey key, IMessage response, CancellationToken ct) =>
        tx.Connection!.ExecuteAsync(new CommandDefinition(
            $"""
            UPDATE {table}
            SET response = @Response
            WHERE account_id = @AccountId AND principal = @Principal AND method = @Method AND request_id = @RequestId
            """,
            new { key.AccountId, key.Principal, key.Method, key.RequestId, Response = response.ToByteArray() },
            tx,
            cancellationToken: ct));

    private sealed record RequestKey(int AccountId, string Principal, string Method, string RequestId, byte[] PayloadHash);
}
