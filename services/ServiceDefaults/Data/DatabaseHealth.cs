using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>
/// Checks whether the service's own connection pool serves a statement in time. All who ask within a second get one answer, so the check costs
/// the pool one connection at most.
/// </summary>
internal sealed class DatabaseHealth(NpgsqlDataSource database, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private Task<HealthCheckResult> _last = Task.FromResult(HealthCheckResult.Healthy());
    private long? _askedAt;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_last.IsCompleted && !(_askedAt is { } asked && time.GetElapsedTime(asked) < s_kept))
            {
                _askedAt = time.GetTimestamp();
                _last = Task.Run(AskAsync, CancellationToken.None);
            }

            return _last.WaitAsync(cancellationToken);
        }
    }

    private async Task<HealthCheckResult> AskAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            await using var command = database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(patience.Token);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e)
        {
            return HealthCheckResult.Unhealthy($"The database pool served nothing for {s_patience.TotalSeconds} seconds.", e);
        }
    }
}
