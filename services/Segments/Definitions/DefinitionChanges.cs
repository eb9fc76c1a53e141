using Google.Protobuf;
using Grpc.Core;
using Npgsql;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Definitions;

/// <summary>Runs changes of saved definitions, one at a time per account, each in a transaction.</summary>
internal class DefinitionChanges(IdempotentWrites writes, AccountIndexes indexes, TimeProvider time)
{
    // A change holds one connection while it waits for its turn and needs a second one then: without a limit, the waiting changes could leave
    // none for the one whose turn it is.
    private readonly FairQueue _turns = new(8, 4, time);

    /// <summary>The time of a change, in the resolution of the database: so the answer is what a later read gives.</summary>
    public DateTime Now
    {
        get
        {
            var now = time.GetUtcNow().UtcDateTime;
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        }
    }

    /// <summary>Runs a change on the state that the last one left; a repeated call gets the answer of the first.</summary>
    public async Task<T> RunAsync<T>(
        AccountInfo account, IMessage request, ServerCallContext context, Func<NpgsqlTransaction, AccountState, Task<T>> change)
        where T : class, IMessage<T>, new()
    {
        var ct = context.CancellationToken;
        using var turn = await _turns.EnterAsync(account, ct);
        return await writes.RunAsync(account, context, request, async transaction =>
        {
            await MoveClockAsync(transaction, account.Id, ct);
            var (snapshot, state) = await indexes.OpenAsync(account.Id, [], ct);
            await snapshot.DisposeAsync();
            return await change(transaction, state);
        });
    }

    /// <summary>
    /// Moves the account's definition clock. Its row is locked from here to the commit, so no other change of the account's definitions runs
    /// meanwhile, and the next change sees what this one saved.
    /// </summary>
    protected virtual async Task MoveClockAsync(NpgsqlTransaction transaction, int accountId, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO segments.clock AS c (account_id, pos, nonce)
            VALUES ($1, 1, gen_random_uuid())
            ON CONFLICT (account_id) DO UPDATE SET pos = c.pos + 1, nonce = excluded.nonce
            """;
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction) { Parameters = { new NpgsqlParameter<int> { TypedValue = accountId } } };
        await command.ExecuteNonQueryAsync(ct);
    }
}
