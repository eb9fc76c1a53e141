using Npgsql;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>Repeats transactions that PostgreSQL ended only because another one ran at the same time.</summary>
public static class TransactionRetry
{
    private const int MaxAttempts = 8;

    /// <summary>Runs a transaction, each time from its beginning, until it is not a loser; the eighth loss is the caller's.</summary>
    public static async Task<T> RunAsync<T>(Func<Task<T>> transaction, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await transaction();
            }
            catch (PostgresException e) when (attempt < MaxAttempts && LostToAnother(e))
            {
                // Some milliseconds apart, so that the same transactions do not meet again.
                await Task.Delay(Random.Shared.Next(1, 10 * attempt), ct);
            }
        }
    }

    /// <summary>Runs a transaction without a result, each time from its beginning, until it is not a loser.</summary>
    public static Task RunAsync(Func<Task> transaction, CancellationToken ct) => RunAsync(
        async () =>
        {
            await transaction();
            return true;
        },
        ct);

    private static bool LostToAnother(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;
}
