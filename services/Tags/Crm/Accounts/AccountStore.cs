using Crm.Accounts.V1;
using Dapper;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using AccountLimits = Crm.Accounts.V1.AccountLimits;

namespace TagSegments.Tags.Crm.Accounts;

/// <summary>The accounts in the database.</summary>
internal sealed class AccountStore(WorkDatabase work, TimeProvider time)
{
    private const string Columns = "account_id, name, time_zone, week_start, created_at, limits, deleted_at, retention, country";

    /// <summary>Finds an account by its name.</summary>
    public async Task<Account?> FindAsync(string name, CancellationToken ct)
    {
        const string sql = $"SELECT {Columns} FROM crm.account WHERE name = @name";
        await using var connection = await work.OpenAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(sql, new { name }, cancellationToken: ct));
        return row?.ToProto();
    }

    /// <summary>Gets an account within a transaction.</summary>
    public static async Task<Account> GetAsync(NpgsqlTransaction transaction, int accountId, CancellationToken ct)
    {
        const string sql = $"SELECT {Columns} FROM crm.account WHERE account_id = @accountId";
        var row = await transaction.Connection!.QuerySingleAsync<Row>(new CommandDefinition(sql, new { accountId }, transaction, cancellationToken: ct));
        return row.ToProto();
    }

    /// <summary>Lists accounts after <paramref name="after"/>, in order of name; <paramref name="visible"/> null means all.</summary>
    public async Task<List<Account>> ListAsync(IReadOnlyList<string>? visible, string after, int limit, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {Columns}
            FROM crm.account
            WHERE name COLLATE "C" > @after AND (@visible::text[] IS NULL OR name = ANY (@visible))
            ORDER BY name COLLATE "C"
            LIMIT @limit
            """;
        await using var connection = await work.OpenAsync(ct);
        var rows = await connection.QueryAsync<Row>(
            new CommandDefinition(sql, new { after, visible = visible?.ToArray(), limit }, cancellationToken: ct));
        return [.. rows.Select(row => row.ToProto())];
    }

    /// <summary>Creates an account with its clock at position 0; null if the name is taken.</summary>
    public async Task<Account?> CreateAsync(NpgsqlTransaction transaction, Account account, CancellationToken ct)
    {
        const string sql = $"""
            WITH account AS (
                INSERT INTO crm.account (name, time_zone, week_start, country, created_at)
                VALUES (@Name, @TimeZone, @WeekStart, @Country, @createdAt)
                ON CONFLICT (name) DO NOTHING
                RETURNING {Columns}),
            clock AS (
                INSERT INTO crm.clock (account_id, pos, nonce)
                SELECT account_id, 0, gen_random_uuid() FROM account
                RETURNING account_id, pos, nonce),
            commit AS (
                INSERT INTO crm.commit (account_id, pos, nonce)
                SELECT account_id, pos, nonce FROM clock)
            SELECT {Columns} FROM account
            """;
        var values = new { account.Name, account.TimeZone, account.WeekStart, account.Country, createdAt = time.GetUtcNow() };
        var row = await transaction.Connection!.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(sql, values, transaction, cancellationToken: ct));
        return row?.ToProto();
    }

    /// <summary>Changes the settings that are not null.</summary>
    public static async Task<Account> UpdateAsync(
        NpgsqlTransaction transaction, int accountId, string? timeZone, int? weekStart, string? country, CancellationToken ct)
    {
        const string sql = $"""
            UPDATE crm.account
            SET time_zone = coalesce(@timeZone, time_zone), week_start = coalesce(@weekStart, week_start),
                country = coalesce(@country, country)
            WHERE account_id = @accountId
            RETURNING {Columns}
            """;
        var row = await transaction.Connection!.QuerySingleAsync<Row>(
            new CommandDefinition(sql, new { accountId, timeZone, weekStart, country }, transaction, cancellationToken: ct));
        return row.ToProto();
    }

    /// <summary>Sets the account's own limits in place of the former ones.</summary>
    public static async Task<Account> SetLimitsAsync(NpgsqlTransaction transaction, int accountId, AccountLimits limits, CancellationToken ct)
    {
        const string sql = $"""
            UPDATE crm.account
            SET limits = @limits::jsonb
            WHERE account_id = @accountId
            RETURNING {Columns}
            """;
        var row = await transaction.Connection!.QuerySingleAsync<Row>(
            new CommandDefinition(sql, new { accountId, limits = JsonFormatter.Default.Format(limits) }, transaction, cancellationToken: ct));
        return row.ToProto();
    }

    /// <summary>Sets the account's own retention in place of the former one.</summary>
    public static async Task<Account> SetRetentionAsync(
        NpgsqlTransaction transaction, int accountId, AccountRetention retention, CancellationToken ct)
    {
        const string sql = $"""
            UPDATE crm.account
            SET retention = @retention::jsonb
            WHERE account_id = @accountId
            RETURNING {Columns}
            """;
        var row = await transaction.Connection!.QuerySingleAsync<Row>(
            new CommandDefinition(sql, new { accountId, retention = JsonFormatter.Default.Format(retention) }, transaction, cancellationToken: ct));
        return row.ToProto();
    }

    /// <summary>Lists accounts with a retention of their own after a number, with no more than the number and the retention.</summary>
    public async Task<List<Account>> RetentionsAsync(int after, int limit, CancellationToken ct)
    {
        const string sql = """
            SELECT account_id, retention::text
            FROM crm.account
            WHERE account_id > @after AND retention <> jsonb_build_object()
            ORDER BY account_id
            LIMIT @limit
            """;
        await using var connection = await work.OpenAsync(ct);
        var rows = await connection.QueryAsync<(int AccountId, string Retention)>(new CommandDefinition(sql, new { after, limit }, cancellationToken: ct));
        return [.. rows.Select(row => new Account { AccountId = row.AccountId, Retention = AccountRetention.Parser.ParseJson(row.Retention) })];
    }

    private sealed record Row(
        int AccountId, string Name, string TimeZone, short WeekStart, DateTime CreatedAt, string Limits, DateTime? DeletedAt, string Retention, string Country)
    {
        public Account ToProto() => new()
        {
            AccountId = AccountId,
            Name = Name,
            TimeZone = TimeZone,
            WeekStart = WeekStart,
            CreateTime = Timestamp.FromDateTime(CreatedAt),
            Limits = AccountLimits.Parser.ParseJson(Limits),
            DeleteTime = DeletedAt?.ToTimestamp(),
            Retention = AccountRetention.Parser.ParseJson(Retention),
            Country = Country,
        };
    }
}
