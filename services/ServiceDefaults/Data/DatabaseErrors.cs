using Npgsql;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>The kinds of errors of the database that callers are told apart.</summary>
internal enum DatabaseErrorKind
{
    /// <summary>A defect: of a statement, or of the schema.</summary>
    Defect,

    /// <summary>Another transaction was in the way: the change can be tried again at once.</summary>
    Conflict,

    /// <summary>The statement took too long, or an administrator stopped it.</summary>
    StatementTimeout,

    /// <summary>The database does not serve at the moment.</summary>
    Unavailable,

    /// <summary>All connections are in use.</summary>
    NoConnection,

    /// <summary>Memory, disk or temporary space is used up.</summary>
    Exhausted,

    /// <summary>A text holds what the database cannot store.</summary>
    InvalidText,
}

/// <summary>Decides what an error of the database means: the one place that reads SQLSTATEs for callers.</summary>
public static class DatabaseErrors
{
    // Sessions that the server ended: https://www.postgresql.org/docs/current/errcodes-appendix.html. Npgsql does not name all of them.
    private const string IdleInTransaction = "25P03";
    private const string TransactionTimeout = "25P04";
    private const string IdleSession = "57P05";

    /// <summary>
    /// Says whether what failed can be done later: the database is away, only reads for a while, or lacks time, connections or space.
    /// </summary>
    public static bool MayPass(NpgsqlException exception) => exception.IsTransient || KindOf(exception)
        is DatabaseErrorKind.Unavailable or DatabaseErrorKind.NoConnection or DatabaseErrorKind.Exhausted or DatabaseErrorKind.StatementTimeout;

    /// <summary>Gets the kind of an error; null if it is none of the database.</summary>
    internal static DatabaseErrorKind? KindOf(Exception exception) => exception switch
    {
        NoConnectionException => DatabaseErrorKind.NoConnection,
        NoPrimaryException => DatabaseErrorKind.Unavailable,
        PostgresException error => KindOf(error.SqlState),
        // Npgsql's own limit of a statement: it has asked the server to stop.
        NpgsqlException { InnerException: TimeoutException } => DatabaseErrorKind.StatementTimeout,
        NpgsqlException { InnerException: NpgsqlException inner } => KindOf(inner),
        NpgsqlException error => error.IsTransient || error.InnerException is IOException ? DatabaseErrorKind.Unavailable : DatabaseErrorKind.Defect,
        _ => null,
    };

    private static DatabaseErrorKind KindOf(string sqlState) => sqlState switch
    {
        PostgresErrorCodes.QueryCanceled or TransactionTimeout => DatabaseErrorKind.StatementTimeout,
        PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ExclusionViolation
            => DatabaseErrorKind.Conflict,
        ['4', '0', ..] => DatabaseErrorKind.Conflict,
        PostgresErrorCodes.TooManyConnections => DatabaseErrorKind.NoConnection,
        ['5', '3', ..] => DatabaseErrorKind.Exhausted,
        // Shut down, crashed or starting; the standby of a database that has just changed places; connections that the server gave up.
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or IdleSession
            or PostgresErrorCodes.ReadOnlySqlTransaction or IdleInTransaction or ['0', '8', ..] => DatabaseErrorKind.Unavailable,
        PostgresErrorCodes.UntranslatableCharacter or PostgresErrorCodes.CharacterNotInRepertoire => DatabaseErrorKind.InvalidText,
        _ => DatabaseErrorKind.Defect,
    };
}
