using Google.Protobuf;
using Grpc.Core;
using Npgsql;
using TagSegments.ServiceDefaults;

namespace TagSegments.Campaigns;

/// <summary>What every call needs, whatever it is about.</summary>
internal sealed record CallTools(
    NpgsqlDataSource Database, AccountDirectory Accounts, PageTokens Pages, SignedToken Signed, ConsistencyTokens Tokens, TimeProvider Time)
{
    /// <summary>Runs a call's effect in one transaction, once per request id.</summary>
    public Task<T> WriteAsync<T>(
        AccountInfo account, ServerCallContext context, IMessage request, string requestId, Func<NpgsqlTransaction, Task<T>> effect)
        where T : class, IMessage<T>, new() =>
        Deadlocks.RetryAsync(() => WriteOnceAsync(account, context, request, requestId, effect));

    private async Task<T> WriteOnceAsync<T>(
        AccountInfo account, ServerCallContext context, IMessage request, string requestId, Func<NpgsqlTransaction, Task<T>> effect)
        where T : class, IMessage<T>, new()
    {
        await using var connection = await Database.OpenConnectionAsync(context.CancellationToken);
        await using var tx = await connection.BeginTransactionAsync(context.CancellationToken);
        var response = await Idempotency.RunAsync(tx, "campaigns.request", account.Id, context, request, requestId, () => effect(tx));
        await tx.CommitAsync(context.CancellationToken);
        return response;
    }
}

/// <summary>The sizes of pages.</summary>
internal static class PageSize
{
    private const int Default = 100;

    /// <summary>Reads a page size; throws INVALID_ARGUMENT for a negative one and caps one that is too large.</summary>
    public static int Of(int requested, int max) => requested switch
    {
        < 0 => throw RpcErrors.InvalidField("page_size", "must not be negative"),
        0 => Default,
        _ => Math.Min(requested, max),
    };
}
