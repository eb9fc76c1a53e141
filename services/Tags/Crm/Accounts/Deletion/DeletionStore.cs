using Dapper;
using Npgsql;
using TagSegments.ServiceDefaults.Deletion;

namespace TagSegments.Tags.Crm.Accounts.Deletion;

/// <summary>The state of deleted accounts in the database.</summary>
internal sealed class DeletionStore(AccountDatabase database, WorkDatabase work, DeletionOptions options, TimeProvider time)
{
    /// <summary>The other services, each of which has something of every account.</summary>
    public static readonly string[] Services = ["segments", "campaigns", "workflows"];

    /// <summary>Deletes an account unless that was done; null if its erasure has begun.</summary>
    public Task<DateTime?> DeleteAsync(NpgsqlTransaction transaction, int accountId, CancellationToken ct)
    {
        const string sql = """
            UPDATE crm.account
            SET deleted_at = coalesce(deleted_at, @now)
            WHERE account_id = @accountId AND erasing_at IS NULL
            RETURNING deleted_at
            """;
        return transaction.Connection!.ExecuteScalarAsync<DateTime?>(
            new CommandDefinition(sql, new { accountId, now = time.GetUtcNow() }, transaction, cancellationToken: ct));
    }

    /// <summary>Restores an account if it was deleted; false if its erasure has begun.</summary>
    public static async Task<bool> RestoreAsync(NpgsqlTransaction transaction, int accountId, CancellationToken ct)
    {
        const string sql = "UPDATE crm.account SET deleted_at = NULL WHERE account_id = @accountId AND erasing_at IS NULL";
        return await transaction.Connection!.ExecuteAsync(new CommandDefinition(sql, new { accountId }, transaction, cancellationToken: ct)) > 0;
    }

    /// <summary>When a deleted account is erased.</summary>
    public DateTime EraseTime(DateTime deletedAt) => deletedAt + options.EraseAfter;

    /// <summary>Lists deleted accounts after <paramref name="after"/>, in order of number.</summary>
    public async Task<List<ClosedAccount>> ListAsync(int after, int limit, CancellationToken ct)
    {
        const string sql = """
            SELECT account_id, name, deleted_at, erasing_at,
                ARRAY(SELECT service FROM crm.account_erasure e WHERE e.account_id = a.account_id ORDER BY service) AS services
            FROM crm.account a
            WHERE deleted_at IS NOT NULL AND account_id > @after
            ORDER BY account_id
            LIMIT @limit
            """;
        await using var connection = await work.OpenAsync(ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(sql, new { after, limit }, cancellationToken: ct));
        return [.. rows.Select(row => new ClosedAccount(
            row.AccountId,
            row.Name,
            EraseTime(row.DeletedAt),
            row.ErasingAt is not null,
            row.ErasingAt is { } begun && time.GetUtcNow().UtcDateTime - begun >= options.Settle,
            row.Services))];
    }

    /// <summary>Lists all deleted accounts.</summary>
    public async Task<IReadOnlyCollection<ClosedAccount>> ListAllAsync(CancellationToken ct)
    {
        var all = new List<ClosedAccount>();
        List<ClosedAccount> page;
        do
        {
            page = await ListAsync(all.LastOrDefault()?.Id ?? 0, PageSize.Max, ct);
            all.AddRange(page);
        }
        while (page.Count == PageSize.Max);

        return all;
    }

    /// <summary>Begins the erasure of an account if its time is over; it cannot be restored from then on.</summary>
    public async Task BeginErasureAsync(int accountId, CancellationToken ct)
    {
        const string sql = """
            UPDATE crm.account
            SET erasing_at = @now
            WHERE account_id = @accountId AND erasing_at IS NULL AND deleted_at <= @now - @eraseAfter
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { accountId, now = time.GetUtcNow(), options.EraseAfter }, cancellationToken: ct));
    }

    /// <summary>Notes that a service has erased everything that it had; false if the account is not being erased.</summary>
    public async Task<bool> ReportAsync(string account, int accountId, string service, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO crm.account_erasure (account_id, service)
            SELECT account_id, @service FROM crm.account WHERE account_id = @accountId AND name = @account AND erasing_at IS NOT NULL FOR KEY SHARE
            ON CONFLICT (account_id, service) DO UPDATE SET service = excluded.service
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.ExecuteAsync(new CommandDefinition(sql, new { account, accountId, service }, cancellationToken: ct)) > 0;
    }

    /// <summary>Erases the last rows of an account that has no others: then its name is free.</summary>
    public async Task ForgetAsync(int accountId, CancellationToken ct)
    {
        // The account first: a report that is repeated at this moment locks it, and is either gone afterwards or comes too late. A trigger moves a
        // clock of the account once more.
        const string sql = """
            DELETE FROM crm.account WHERE account_id = @accountId AND erasing_at IS NOT NULL;
            DELETE FROM crm.account_erasure WHERE account_id = @accountId;
            DELETE FROM crm.catalog_clock WHERE account_id = @accountId;
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { accountId }, transaction, cancellationToken: ct));
        await transaction.CommitAsync(ct);
    }

    private sealed record Row(int AccountId, string Name, DateTime DeletedAt, DateTime? ErasingAt, string[] Services);
}
