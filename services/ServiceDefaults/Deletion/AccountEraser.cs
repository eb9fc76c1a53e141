using Dapper;
using Microsoft.Extensions.Logging;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Data;
using TagSegments.ServiceDefaults.Work;

namespace TagSegments.ServiceDefaults.Deletion;

/// <summary>
/// Erases the data of deleted accounts whose time is over: one account after the other, in small transactions with pauses. Each does what is
/// left, so the erasure continues wherever a process died.
/// </summary>
internal sealed class AccountEraser(
    AccountDirectory accounts, AccountErasure erasure, AccountDatabase database, DeletionOptions options, TimeProvider time, ILogger<AccountEraser> logger)
    : PollingService(TimeSpan.FromSeconds(1), logger)
{
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        foreach (var account in accounts.Closed.All.Where(account => account.MaySweep && !account.SweptServices.Contains(erasure.Service)))
        {
            if (await erasure.BeginAsync(account, ct) && await EraseRowsAsync(account.Id, ct))
            {
                await erasure.EndAsync(account, ct);
                logger.AccountErased(account.Id);
            }
        }

        return false;
    }

    // False if another process erases them.
    private async Task<bool> EraseRowsAsync(int accountId, CancellationToken ct)
    {
        while (await EraseSomeAsync(accountId, ct) is { } erased)
        {
            if (erased == 0)
            {
                return true;
            }

            await Task.Delay(options.Pause, time, ct);
        }

        return false;
    }

    private async Task<long?> EraseSomeAsync(int accountId, CancellationToken ct)
    {
        var sql = $"SELECT {erasure.Function}(@accountId, @most)";
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.ExecuteScalarAsync<long?>(new CommandDefinition(sql, new { accountId, most = options.RowsAtOnce }, cancellationToken: ct));
    }
}
