using Crm.Errors.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using Channel = Crm.Common.V1.Channel;

namespace TagSegments.Campaigns.Team;

/// <summary>The team addresses of accounts.</summary>
internal sealed class TeamAddressStore(AccountDatabase database)
{
    /// <summary>How long the link in the mail that asks can be followed.</summary>
    private static readonly TimeSpan s_linkLife = TimeSpan.FromDays(7);

    /// <summary>
    /// Adds an address unless the account has it, and confirms it where no link is needed. Throws RESOURCE_EXHAUSTED if the account has as many as it
    /// may.
    /// </summary>
    public static async Task<TeamAddressRow> AddAsync(
        NpgsqlTransaction tx, AccountInfo account, Channel channel, string address, bool isConfirmed, CancellationToken ct)
    {
        // Two that are added at the same time count each other.
        const string lockSql = "SELECT pg_advisory_xact_lock(hashtext('campaigns.team_address'), @Id)";
        const string sql =
            $"""
            INSERT INTO campaigns.team_address (account_id, address_id, channel, address, address_key, confirmed_at)
            VALUES (@Id, @addressId, @channel, @address, @key, CASE WHEN @isConfirmed THEN now() END)
            ON CONFLICT (account_id, channel, address_key) DO UPDATE
            SET confirmed_at = COALESCE(team_address.confirmed_at, excluded.confirmed_at)
            RETURNING {TeamAddressRow.Columns}
            """;
        const string countSql = "SELECT count(*) FROM campaigns.team_address WHERE account_id = @Id";
        var most = account.Limits.TeamAddresses;
        var parameters = new { account.Id, addressId = Guid.CreateVersion7(), channel = (short)channel, address, key = Address.Key(channel, address), isConfirmed };
        await tx.Connection!.ExecuteAsync(new CommandDefinition(lockSql, new { account.Id }, tx, cancellationToken: ct));
        var row = await tx.Connection!.QuerySingleAsync<TeamAddressRow>(new CommandDefinition(sql, parameters, tx, cancellationToken: ct));
        var count = await tx.Connection!.ExecuteScalarAsync<long>(new CommandDefinition(countSql, new { account.Id }, tx, cancellationToken: ct));
        return count <= most
            ? row
            : throw RpcErrors.QuotaExceeded(
                "team_addresses", most, $"The account has {most} team addresses. Remove one that is not used.", TimeSpan.FromMinutes(1));
    }

    /// <summary>Notes that the owner of an address is asked now.</summary>
    public static Task<TeamAddressRow> AskAsync(NpgsqlTransaction tx, int accountId, TeamAddressRow row, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.team_address
            SET asked_at = now()
            WHERE account_id = @accountId AND address_id = @AddressId
            RETURNING {TeamAddressRow.Columns}
            """;
        return tx.Connection!.QuerySingleAsync<TeamAddressRow>(new CommandDefinition(sql, new { accountId, row.AddressId }, tx, cancellationToken: ct));
    }

    /// <summary>Removes an address; false if the account does not have it.</summary>
    public static async Task<bool> RemoveAsync(NpgsqlTransaction tx, int accountId, Channel channel, string address, CancellationToken ct)
    {
        const string sql = "DELETE FROM campaigns.team_address WHERE account_id = @accountId AND channel = @channel AND address_key = @key";
        var parameters = new { accountId, channel = (short)channel, key = Address.Key(channel, address) };
        return await tx.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, tx, cancellationToken: ct)) > 0;
    }

    /// <summary>Throws FAILED_PRECONDITION with reason ADDRESS_NOT_CONFIRMED unless all addresses are confirmed ones of the account.</summary>
    /// <param name="connection">A connection, which may have a transaction.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="channel">The channel of the addresses.</param>
    /// <param name="addresses">The addresses.</param>
    /// <param name="path">Gets the path of an address in the request.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task RequireConfirmedAsync(
        NpgsqlConnection connection, int accountId, Channel channel, IReadOnlyList<string> addresses, Func<int, string> path, CancellationToken ct)
    {
        var unconfirmed = await UnconfirmedAsync(connection, accountId, channel, addresses, ct);
        if (unconfirmed.Count > 0)
        {
            var field = path(unconfirmed[0]);
            throw RpcErrors.Create(
                StatusCode.FailedPrecondition,
                ErrorReason.AddressNotConfirmed,
                $"{field}: is not a confirmed team address of the account. Add it with AddTeamAddress; its owner then confirms it by the link in the message.",
                ("field", field));
        }
    }

    /// <summary>Finds the positions of the addresses that are not confirmed ones of the account.</summary>
    public async Task<IReadOnlyList<int>> UnconfirmedAsync(int accountId, Channel channel, IReadOnlyList<string> addresses, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(accountId, ct);
        return await UnconfirmedAsync(connection, accountId, channel, addresses, ct);
    }

    /// <summary>Confirms the address of a link; false if the link is too old, or the address was removed.</summary>
    public async Task<bool> ConfirmAsync(int accountId, Guid addressId, CancellationToken ct)
    {
        const string sql =
            """
            UPDATE campaigns.team_address
            SET confirmed_at = COALESCE(confirmed_at, now())
            WHERE account_id = @accountId AND address_id = @addressId
              AND (confirmed_at IS NOT NULL OR asked_at > now() - make_interval(secs => @life))
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var parameters = new { accountId, addressId, life = s_linkLife.TotalSeconds };
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: ct)) > 0;
    }

    /// <summary>Lists the addresses after one, given by channel and key.</summary>
    public async Task<List<TeamAddressRow>> ListAsync(int accountId, short channel, string key, int limit, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT {TeamAddressRow.Columns}
            FROM campaigns.team_address
            WHERE account_id = @accountId AND (channel, address_key) > (@channel, @key)
            ORDER BY channel, address_key
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var parameters = new { accountId, channel, key, limit };
        return (await connection.QueryAsync<TeamAddressRow>(new CommandDefinition(sql, parameters, cancellationToken: ct))).AsList();
    }
    private static async Task<IReadOnlyList<int>> UnconfirmedAsync(
        NpgsqlConnection connection, int accountId, Channel channel, IReadOnlyList<string> addresses, CancellationToken ct)
    {
        const string sql =
            """
            SELECT address_key
            FROM campaigns.team_address
            WHERE account_id = @accountId AND channel = @channel AND address_key = ANY(@keys) AND confirmed_at IS NOT NULL
            """;
        var keys = addresses.Select(address => Address.Key(channel, address)).ToArray();
        var confirmed = (await connection.QueryAsync<string>(
            new CommandDefinition(sql, new { accountId, channel = (short)channel, keys }, cancellationToken: ct))).ToHashSet(StringComparer.Ordinal);
        return [.. keys.Index().Where(key => !confirmed.Contains(key.Item)).Select(key => key.Index)];
    }
}
