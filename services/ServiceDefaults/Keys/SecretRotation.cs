using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.ServiceDefaults.Keys;

/// <summary>
/// Seals the secrets of a table anew at the start, if another key has sealed them, or none. When it has said in the log that it is done, the other
/// keys can be taken out of the ring.
/// </summary>
/// <param name="table">The table, with the columns account_id and secret.</param>
/// <param name="secrets">Seals and opens.</param>
/// <param name="database">Has the table.</param>
/// <param name="logger">Where the result is logged.</param>
public sealed class SecretRotation(string table, AccountSecrets secrets, WorkDatabase database, ILogger<SecretRotation> logger) : BackgroundService
{
    private const int Part = 500;
    private static readonly TimeSpan s_errorPause = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var (sealedAnew, kept) = await RotateAsync(stoppingToken);
                logger.SecretsRotated(table, sealedAnew, secrets.Mark, kept);
                return;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.BackgroundWorkFailed(e, nameof(SecretRotation));
                await Task.Delay(s_errorPause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Seals all secrets anew; returns how many it sealed, and how many it could not open and left as they are.</summary>
    public async Task<(int SealedAnew, int Kept)> RotateAsync(CancellationToken ct)
    {
        var sql = $"""
            SELECT account_id, secret
            FROM {table}
            WHERE NOT starts_with(secret, @Mark) AND (account_id, secret) > (@AccountId, @Secret)
            ORDER BY account_id, secret
            LIMIT {Part}
            """;
        var (sealedAnew, kept, last) = (0, 0, new Row(0, ""));
        while (true)
        {
            await using var connection = await database.OpenAsync(ct);
            var rows = (await connection.QueryAsync<Row>(
                new CommandDefinition(sql, new { secrets.Mark, last.AccountId, last.Secret }, cancellationToken: ct))).AsList();
            foreach (var row in rows)
            {
                var (changed, failed) = await RotateAsync(connection, row, ct);
                (sealedAnew, kept) = (sealedAnew + changed, kept + failed);
            }

            if (rows.Count < Part)
            {
                return (sealedAnew, kept);
            }

            last = rows[^1];
        }
    }

    // A secret that was changed in the meantime stays as it is: the current key has sealed it.
    private async Task<(int Changed, int Failed)> RotateAsync(NpgsqlConnection connection, Row row, CancellationToken ct)
    {
        var sql = $"UPDATE {table} SET secret = @after WHERE account_id = @AccountId AND secret = @Secret";
        try
        {
            var after = secrets.Seal(row.AccountId, secrets.Open(row.AccountId, row.Secret));
            var change = new { row.AccountId, row.Secret, after };
            return (await connection.ExecuteAsync(new CommandDefinition(sql, change, cancellationToken: ct)), 0);
        }
        catch (SecretSealedException e)
        {
            logger.SecretStaysSealed(table, e.Message);
            return (0, 1);
        }
    }

    private sealed record Row(int AccountId, string Secret);
}
