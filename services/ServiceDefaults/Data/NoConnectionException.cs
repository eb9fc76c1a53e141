using Npgsql;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>No connection to the database became free, or could be made, in time. No statement was sent.</summary>
internal sealed class NoConnectionException(NpgsqlException cause) : NpgsqlException(cause.Message, cause.InnerException);

/// <summary>Opens connections.</summary>
internal static class ConnectionOpening
{
    /// <summary>Opens a connection, or throws <see cref="NoConnectionException"/> if that takes too long.</summary>
    // Npgsql throws the same exception for a connection and for a statement that takes too long, and only here it is known which one it is.
    public static async ValueTask<NpgsqlConnection> OpenInTimeAsync(this NpgsqlDataSource source, CancellationToken ct)
    {
        try
        {
            return await source.OpenConnectionAsync(ct);
        }
        catch (NpgsqlException e) when (e.InnerException is TimeoutException)
        {
            throw new NoConnectionException(e);
        }
    }
}
