using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Activities;

/// <summary>Makes the partitions of the coming months before anything is recorded in them.</summary>
internal sealed class PartitionMaintenance(WorkDatabase database, TimeProvider time, ILogger<PartitionMaintenance> logger)
    : PollingService(TimeSpan.FromHours(6), logger)
{
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        const string sql = "SELECT campaigns.ensure_activity_partitions(@today, 3)";
        await using var connection = await database.OpenAsync(ct);
        var parameters = new { today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime) };
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: ct));
        return false;
    }
}
