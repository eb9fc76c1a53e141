using Npgsql;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>Reads connection strings, with other defaults than the driver's.</summary>
internal static class PostgresSettings
{
    /// <summary>
    /// Reads a connection string. Kerberos is tried only where it is asked for: by default the driver would look for its library at every start,
    /// and where that is missing, as in images, it writes so between the lines of the log.
    /// </summary>
    public static NpgsqlConnectionStringBuilder Read(string text) => new($"GSS Encryption Mode=Disable;{text}");
}
