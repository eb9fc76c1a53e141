using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Senders;

/// <summary>The sender domains of accounts.</summary>
internal sealed class SenderDomainStore(AccountDatabase database, WorkDatabase work, SenderOptions options)
{
    /// <summary>Adds a domain; null if the account has it. Throws RESOURCE_EXHAUSTED if the account has as many as it may.</summary>
    public static async Task<SenderDomainRow?> AddAsync(NpgsqlTransaction tx, AccountInfo account, string domain, string token, CancellationToken ct)
    {
        // Two that are added at the same time count each other.
        const string lockSql = "SELECT pg_advisory_xact_lock(hashtext('campaigns.sender_domain'), @Id)";
        const string countSql = "SELECT count(*) FROM campaigns.sender_domain WHERE account_id = @Id";
        const string sql =
            $"""
            INSERT INTO campaigns.sender_domain (account_id, domain, token)
            VALUES (@Id, @domain, @token)
            ON CONFLICT DO NOTHING
            RETURNING {SenderDomainRow.Columns}
            """;
        await tx.Connection!.ExecuteAsync(new CommandDefinition(lockSql, new { account.Id }, tx, cancellationToken: ct));
        var count = await tx.Connection!.ExecuteScalarAsync<long>(new CommandDefinition(countSql, new { account.Id }, tx, cancellationToken: ct));
        var most = account.Limits.SenderDomains;
        return count < most
            ? await tx.Connection!.QuerySingleOrDefaultAsync<SenderDomainRow>(
                new CommandDefinition(sql, new { account.Id, domain, token }, tx, cancellationToken: ct))
            : throw RpcErrors.QuotaExceeded(
                "sender_domains", most, $"The account has {count} sender domains. Remove one that is not used.", TimeSpan.FromMinutes(1));
    }

    /// <summary>Removes a domain; false if the account does not have it.</summary>
    public static async Task<bool> RemoveAsync(NpgsqlTransaction tx, int accountId, string domain, CancellationToken ct)
    {
        const string sql = "DELETE FROM campaigns.sender_domain WHERE account_id = @accountId AND domain = @domain";
        return await tx.Connection!.ExecuteAsync(new CommandDefinition(sql, new { accountId, domain }, tx, cancellationToken: ct)) > 0;
    }

    /// <summary>Checks whether one of some domains is a verified one of the account.</summary>
    public static Task<bool> HasVerifiedAsync(NpgsqlConnection connection, int accountId, string[] domains, CancellationToken ct)
    {
        const string sql =
            """
            SELECT EXISTS (
                SELECT FROM campaigns.sender_domain
                WHERE account_id = @accountId AND domain = ANY(@domains) AND verified_at IS NOT NULL)
            """;
        return connection.ExecuteScalarAsync<bool>(new CommandDefinition(sql, new { accountId, domains }, cancellationToken: ct));
    }

    /// <summary>Lists the domains after a name.</summary>
    public async Task<List<SenderDomainRow>> ListAsync(int accountId, string after, int limit, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT {SenderDomainRow.Columns}
            FROM campaigns.sender_domain
            WHERE account_id = @accountId AND domain > @after
            ORDER BY domain
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return (await connection.QueryAsync<SenderDomainRow>(new CommandDefinition(sql, new { accountId, after, limit }, cancellationToken: ct))).AsList();
    }

    /// <summary>Finds a domain; null if the account does not have it.</summary>
    public async Task<SenderDomainRow?> FindAsync(int accountId, string domain, CancellationToken ct)
    {
        const string sql = $"SELECT {SenderDomainRow.Columns} FROM campaigns.sender_domain WHERE account_id = @accountId AND domain = @domain";
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QuerySingleOrDefaultAsync<SenderDomainRow>(
            new CommandDefinition(sql, new { accountId, domain }, cancellationToken: ct));
    }

    /// <summary>
    /// Records a check; <paramref name="problem"/> is empty if the record was found. Returns the domain; null if it was removed or added anew
    /// meanwhile.
    /// </summary>
    public async Task<SenderDomainRow?> RecordCheckAsync(SenderDomainRow domain, string problem, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.sender_domain
            SET checked_at = now(), problem = @problem,
                verified_at = CASE
                    WHEN @problem = '' THEN COALESCE(verified_at, now())
                    WHEN missing_since >= now() - make_interval(secs => @missingFor) OR missing_since IS NULL THEN verified_at
                END,
                missing_since = CASE WHEN @problem <> '' AND verified_at IS NOT NULL THEN COALESCE(missing_since, now()) END
            WHERE account_id = @AccountId AND domain = @Domain AND token = @Token
            RETURNING {SenderDomainRow.Columns}
            """;
        await using var connection = await database.OpenAsync(domain.AccountId, ct);
        var parameters = new { domain.AccountId, domain.Domain, domain.Token, problem, missingFor = options.MissingFor.TotalSeconds };
        return await connection.QuerySingleOrDefaultAsync<SenderDomainRow>(new CommandDefinition(sql, parameters, cancellationToken: ct));
    }

    /// <summary>Takes the verified domain whose check is most overdue; null if none is.</summary>
    public async Task<SenderDomainRow?> TakeDueAsync(CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.sender_domain
            SET checked_at = now()
            WHERE (account_id, domain) = (
                SELECT account_id, domain
                FROM campaigns.sender_domain
                WHERE verified_at IS NOT NULL AND checked_at < now() - make_interval(secs => @interval)
                ORDER BY checked_at
                LIMIT 1
                FOR UPDATE SKIP LOCKED)
            RETURNING {SenderDomainRow.Columns}
            """;
        await using var connection = await work.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<SenderDomainRow>(
            new CommandDefinition(sql, new { interval = options.CheckInterval.TotalSeconds }, cancellationToken: ct));
    }
}
