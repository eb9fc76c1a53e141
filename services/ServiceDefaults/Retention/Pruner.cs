using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using TagSegments.ServiceDefaults.Data;
using TagSegments.ServiceDefaults.Work;

namespace TagSegments.ServiceDefaults.Retention;

/// <summary>
/// Deletes what is too old, every <c>Retention:PauseMinutes</c>, by default 60. Kinds and accounts take turns of one short transaction each, with a
/// rest after each, so that nobody notices.
/// </summary>
internal sealed class Pruner(
    RetentionSource source, WorkDatabase work, AccountDatabase database, IConfiguration configuration, TimeProvider time, ILogger<Pruner> logger)
    : PollingService(TimeSpan.FromMinutes(configuration.GetValue("Retention:PauseMinutes", 60.0)), logger)
{
    private const int Rows = 1_000;
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(20);
    private readonly RetentionDays _usual = RetentionDays.From(configuration);

    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        var own = await source.OwnAsync(_usual, ct);
        var turns = new Queue<(Pruning Kind, PruneScope Scope)>();
        foreach (var kind in source.Kinds)
        {
            Add(turns, kind, _usual, null, [.. own.Keys]);
            foreach (var (accountId, days) in own)
            {
                Add(turns, kind, days, accountId, []);
            }
        }

        while (turns.TryDequeue(out var turn))
        {
            if (await PruneAsync(turn.Kind, turn.Scope, ct))
            {
                turns.Enqueue(turn);
                await Task.Delay(s_rest, ct);
            }
        }

        return false;
    }

    private void Add(Queue<(Pruning Kind, PruneScope Scope)> turns, Pruning kind, RetentionDays retention, int? accountId, int[] except)
    {
        if (kind.DaysOf(retention) is > 0 and var days)
        {
            turns.Enqueue((kind, new PruneScope(accountId, except, time.GetUtcNow().UtcDateTime.AddDays(-days))));
        }
    }

    private async Task<bool> PruneAsync(Pruning kind, PruneScope scope, CancellationToken ct)
    {
        if (await FindAsync(kind, scope, ct) is not { } accountId)
        {
            return false;
        }

        await using var connection = await database.OpenAsync(accountId, ct);
        await connection.ExecuteAsync(new CommandDefinition(
            kind.PruneSql, new { AccountId = accountId, scope.Before, Rows }, cancellationToken: ct));
        return true;
    }

    private async Task<int?> FindAsync(Pruning kind, PruneScope scope, CancellationToken ct)
    {
        await using var connection = await work.OpenAsync(ct);
        return await connection.QueryFirstOrDefaultAsync<int?>(new CommandDefinition(kind.DueSql, scope, cancellationToken: ct));
    }
}
