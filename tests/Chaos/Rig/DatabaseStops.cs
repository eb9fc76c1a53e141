using Dapper;
using Npgsql;

namespace TagSegments.Chaos.Rig;

/// <summary>
/// Places in the transactions of services at which the database can be told to stop a transaction: triggers that take a lock which the rig holds
/// while it waits there. Nothing in the product knows of them.
/// </summary>
internal sealed class DatabaseStops(string connectionString)
{
    private const string Setup = """
        CREATE SCHEMA IF NOT EXISTS chaos;
        CREATE FUNCTION chaos.stop() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::bigint);
            RETURN NEW;
        END $$;
        """;

    private readonly Dictionary<string, int> _numbers = [];

    /// <summary>Puts a trigger at each place: <paramref name="places"/> are names and the text after CREATE TRIGGER and its name.</summary>
    public async Task InstallAsync(IEnumerable<(string Name, string Trigger)> places)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.ExecuteAsync(Setup);
        foreach (var (name, trigger) in places)
        {
            var number = _numbers.Count + 1;
            _numbers.Add(name, number);
            var kind = trigger.Contains("DEFERRABLE", StringComparison.Ordinal) ? "CONSTRAINT TRIGGER" : "TRIGGER";
            await connection.ExecuteAsync($"CREATE {kind} chaos_stop_{number} {trigger} EXECUTE FUNCTION chaos.stop('{number}')");
        }
    }

    /// <summary>
    /// Waits until a transaction is stopped at the place and runs <paramref name="act"/> meanwhile; false, without acting, if none came.
    /// </summary>
    public async Task<bool> AtAsync(string name, TimeSpan patience, Func<Task> act)
    {
        // The end of the connection opens the way again, however it ends.
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await connection.ExecuteAsync("SELECT pg_advisory_lock(@number)", new { number = (long)_numbers[name] });
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); waited.Elapsed < patience; await Task.Delay(5))
        {
            if (await connection.ExecuteScalarAsync<bool>(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = 0 AND objid = @number::oid)",
                new { number = (long)_numbers[name] }))
            {
                await act();
                return true;
            }
        }

        return false;
    }
}
