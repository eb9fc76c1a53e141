using Npgsql;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>No connection to the database became free, or could be made, in time. No statement was sent.</summary>
internal sealed class NoConnectionException(NpgsqlException cause) : NpgsqlException(cause.Message, cause.InnerException);

/// <summary>None of several hosts is the primary of the database at the moment. No statement was sent.</summary>
internal sealed class NoPrimaryException(NpgsqlException cause) : NpgsqlException(cause.Message, cause.InnerException)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;
}

/// <summary>Opens connections.</summary>
internal static class ConnectionOpening
{
    /// <summary>
    /// Opens a connection, or throws <see cref="NoConnectionException"/> if that takes too long and <see cref="NoPrimaryException"/> if no host will do.
    /// </summary>
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
        // Of several hosts: each has its error, or none was worth a try.
        catch (NpgsqlException e) when (e is not PostgresException && e.InnerException is null or AggregateException)
        {
            throw new NoPrimaryException(e);
        }
    }
}
