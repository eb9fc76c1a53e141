using Npgsql;

namespace TagSegments.Campaigns;

/// <summary>Two transactions that lock the same rows in another order: PostgreSQL ends one of them, which may simply run again.</summary>
internal static class Deadlocks
{
    private const int MaxAttempts = 3;

    public static async Task<T> RetryAsync<T>(Func<Task<T>> transaction)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await transaction();
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < MaxAttempts)
            {
                // The next round starts from the beginning.
            }
        }
    }
}
