using System.Diagnostics;
using System.Globalization;
using Npgsql;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>The database as what background work of all services shares with calls.</summary>
public interface ISharedDatabase
{
    /// <summary>Measures how long a trivial statement takes.</summary>
    Task<TimeSpan> MeasureAsync(CancellationToken ct);

    /// <summary>Waits, but not longer than <paramref name="patience"/>, for the one slot of all services; disposing of it gives it back.</summary>
    Task<IAsyncDisposable> EnterAsync(TimeSpan patience, CancellationToken ct);
}

/// <inheritdoc cref="ISharedDatabase"/>
/// <param name="database">Holds the slot as a lock, so it is free as soon as its process is gone.</param>
public sealed class SharedDatabase(WorkDatabase database) : ISharedDatabase
{
    // Any number that nothing else locks.
    private const long Slot = 0x6261636b67726f75;
    private static readonly TimeSpan s_unknown = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<TimeSpan> MeasureAsync(CancellationToken ct)
    {
        try
        {
            await using var connection = await database.OpenAsync(ct);
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            var begun = Stopwatch.GetTimestamp();
            await command.ExecuteScalarAsync(ct);
            return Stopwatch.GetElapsedTime(begun);
        }
        catch (Exception e) when (e is NpgsqlException or ObjectDisposedException)
        {
            // The work itself will report what is wrong.
            return s_unknown;
        }
    }

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> EnterAsync(TimeSpan patience, CancellationToken ct)
    {
        var connection = await database.OpenAsync(ct);
        try
        {
            var transaction = await connection.BeginTransactionAsync(ct);
            await using var batch = new NpgsqlBatch(connection, transaction);
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                string.Create(CultureInfo.InvariantCulture, $"SET LOCAL lock_timeout = {(int)patience.TotalMilliseconds}")));
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT pg_advisory_xact_lock({Slot})"));
            await batch.ExecuteNonQueryAsync(ct);
            return connection;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable)
        {
            // The work goes on without it.
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
