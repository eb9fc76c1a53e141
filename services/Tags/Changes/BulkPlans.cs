using Dapper;

namespace TagSegments.Tags.Changes;

/// <summary>Keeps the planner from the one plan that bulk writes cannot afford.</summary>
internal static class BulkPlans
{
    private const int Many = 100;

    /// <summary>
    /// Turns nested loops off for the rest of a transaction that writes many rows: an account that has just grown has no statistics yet, and the planner would
    /// compare thousands of new values with every row one by one (5 s instead of 30 ms for 270 values and 80,000 contacts).
    /// </summary>
    public static Task AvoidNestedLoopsAsync(this AccountTransaction transaction, int rows, CancellationToken ct) => rows < Many
        ? Task.CompletedTask
        : transaction.Connection.ExecuteAsync(
            new CommandDefinition("SET LOCAL enable_nestloop = off", transaction: transaction.Transaction, cancellationToken: ct));
}
