using Google.Protobuf;
using Grpc.Core;
using Npgsql;

namespace TagSegments.Tags.Changes;

/// <summary>Runs the writes of calls: once per request id, in one transaction of the account, answered with the position of its commit.</summary>
internal sealed class AccountWrites(AccountDatabase database, IdempotentWrites writes, ConsistencyTokens tokens)
{
    /// <summary>
    /// Runs <paramref name="effect"/> and commits. <paramref name="prove"/> puts the consistency token into the answer before the answer is
    /// stored, so that a repeated call gets the same one.
    /// </summary>
    public Task<T> RunAsync<T>(
        AccountInfo account, ServerCallContext context, IMessage request, Func<AccountTransaction, Task<T>> effect, Action<T, string> prove)
        where T : class, IMessage<T>, new()
    {
        var ct = context.CancellationToken;
        return AccountTransaction.RunAsync(
            database,
            account.Id,
            transaction => writes.RunAsync(transaction.Transaction, account, context, request, async () =>
            {
                var response = await effect(transaction);
                var position = await transaction.StampAsync(ct);
                prove(response, tokens.Create(account.Id, position.Pos, position.Nonce));
                return response;
            }),
            ct);
    }

    /// <inheritdoc cref="IdempotentWrites.FindAnswerAsync"/>
    public Task<T?> FindAnswerAsync<T>(AccountInfo account, ServerCallContext context, IMessage request)
        where T : class, IMessage<T>, new() =>
        writes.FindAnswerAsync<T>(account, context, request);
}
