using Google.Protobuf;
using Grpc.Core;
using Npgsql;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>
/// Runs the writes of calls, each in one transaction. A call with a <c>request_id</c> has exactly one effect: its answer is kept in the
/// transaction of the effect, and a repeated call gets that answer.
/// </summary>
public sealed class IdempotentWrites(AccountDatabase database, RequestLog log)
{
    /// <summary>Runs <paramref name="effect"/> in a transaction and commits it, again from the start while it loses to concurrent ones.</summary>
    public Task<T> RunAsync<T>(
        AccountInfo account, ServerCallContext context, IMessage request, Func<NpgsqlTransaction, Task<T>> effect)
        where T : class, IMessage<T>, new()
    {
        var ct = context.CancellationToken;
        return TransactionRetry.RunAsync(
            async () =>
            {
                await using var connection = await database.OpenAsync(account.Id, ct);
                await using var tx = await connection.BeginTransactionAsync(ct);
                var response = await RunAsync(tx, account, context, request, () => effect(tx));
                await tx.CommitAsync(ct);
                return response;
            },
            ct);
    }

    /// <summary>Runs <paramref name="effect"/> in the caller's transaction, unless the call was answered before.</summary>
    public async Task<T> RunAsync<T>(
        NpgsqlTransaction tx, AccountInfo account, ServerCallContext context, IMessage request, Func<Task<T>> effect)
        where T : class, IMessage<T>, new()
    {
        var ct = context.CancellationToken;
        if (RequestKey.Of(request, context) is not { } key)
        {
            return await effect();
        }

        if ((await log.ClaimAsync(tx, account.Id, [key], ct)).Count == 0)
        {
            return (await FindAsync<T>(tx.Connection!, account, key, ct))!;
        }

        var response = await effect();
        await log.StoreAsync(tx, account.Id, [(key, response)], ct);
        return response;
    }

    /// <summary>
    /// Finds the answer of a call that was answered before; null if there is none. It takes no lock, so a call that must ask another service
    /// first can do so between this and its write.
    /// </summary>
    public async Task<T?> FindAnswerAsync<T>(AccountInfo account, ServerCallContext context, IMessage request)
        where T : class, IMessage<T>, new()
    {
        if (RequestKey.Of(request, context) is not { } key)
        {
            return null;
        }

        await using var connection = await database.OpenAsync(account.Id, context.CancellationToken);
        return await FindAsync<T>(connection, account, key, context.CancellationToken);
    }

    private async Task<T?> FindAsync<T>(NpgsqlConnection connection, AccountInfo account, RequestKey key, CancellationToken ct)
        where T : class, IMessage<T>, new()
    {
        if (!(await log.FindAsync(connection, account.Id, [key], ct)).TryGetValue(key.Identity, out var answered))
        {
            return null;
        }

        return key.ClashWith(answered.PayloadHash) is { } clash
            ? throw clash
            : new MessageParser<T>(() => new T()).ParseFrom(answered.Response);
    }
}
