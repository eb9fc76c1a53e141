using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>
/// Checks whether the service's own connection pools serve a statement in time. All who ask within a second get one answer, so the check costs
/// each pool one connection at most.
/// </summary>
internal sealed class DatabaseHealth(AccountDatabase accounts, WorkDatabase work, TimeProvider time) : IHealthCheck
{
    private const int NoAccount = 0;
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
            await AskAsync(await accounts.OpenAsync(NoAccount, patience.Token), patience.Token);
            await AskAsync(await work.OpenAsync(patience.Token), patience.Token);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e)
        {
            return HealthCheckResult.Unhealthy($"A database pool served nothing for {s_patience.TotalSeconds} seconds.", e);
        }
    }

    private static async Task AskAsync(NpgsqlConnection opened, CancellationToken ct)
    {
        await using var connection = opened;
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        await command.ExecuteScalarAsync(ct);
    }
}
