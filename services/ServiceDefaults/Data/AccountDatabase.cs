using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>
/// The database as one account sees it. On a connection from here, row-level security shows and takes the rows of that account only, whatever a
/// statement says.
/// </summary>
/// <remarks>
/// The account is a setting of the session, made when the connection is taken and outside of any transaction, so it holds for every transaction
/// on it and no rollback undoes it. Connections are not reset between uses, so what a session was last set to is remembered with its physical
/// connection, and the setting costs a round trip only where the account changes. Nothing else opens these connections or makes the setting.
/// </remarks>
public sealed class AccountDatabase : IAsyncDisposable
{
    private const string SetAccount = "SELECT set_config('tagsegments.account', $1, false)";

    // By what every physical connection has one of: its table of the server's parameters.
    private readonly ConditionalWeakTable<object, Session> _sessions = [];
    private readonly NpgsqlDataSource _source;

    /// <summary>Takes the connections of a pool whose sessions keep their settings between uses.</summary>
    public AccountDatabase(NpgsqlDataSource source)
    {
        if (!new NpgsqlConnectionStringBuilder(source.ConnectionString).NoResetOnClose)
        {
            throw new ArgumentException("The pool resets the account of a session, which is then unknown here.", nameof(source));
        }

        _source = source;
    }

    /// <summary>Opens a connection for the statements of an account.</summary>
    public async ValueTask<NpgsqlConnection> OpenAsync(int accountId, CancellationToken ct = default)
    {
        var connection = await _source.OpenInTimeAsync(ct);
        try
        {
            var session = _sessions.GetOrCreateValue(connection.PostgresParameters);
            if (session.AccountId != accountId)
            {
                // Unknown until the server has confirmed it.
                session.AccountId = null;
                await SetAsync(connection, accountId, ct);
                session.AccountId = accountId;
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static async Task SetAsync(NpgsqlConnection connection, int accountId, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(SetAccount, connection)
        {
            Parameters = { new() { Value = accountId.ToString(CultureInfo.InvariantCulture) } },
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    private sealed class Session
    {
        public int? AccountId { get; set; }
    }
}
