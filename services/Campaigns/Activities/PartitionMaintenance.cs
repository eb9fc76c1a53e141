using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Activities;

/// <summary>Makes the partitions of the coming months before anything is recorded in them.</summary>
internal sealed class PartitionMaintenance(WorkDatabase database, ILogger<PartitionMaintenance> logger)
    : PollingService(TimeSpan.FromHours(6), logger)
{
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        // By the clock of the database: that of this process may be wrong.
        const string sql = "SELECT campaigns.ensure_activity_partitions((now() AT TIME ZONE 'UTC')::date, 3)";
        await using var connection = await database.OpenAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: ct));
        return false;
    }
}
