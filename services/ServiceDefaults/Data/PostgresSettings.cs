using Npgsql;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>Reads connection strings, with other defaults than the driver's.</summary>
internal static class PostgresSettings
{
    // Kerberos is tried only where it is asked for: by default the driver would look for its library at every start, and where that is missing, as in
    // images, it writes so between the lines of the log. Where another server takes over, it is found after seconds.
    private const string Defaults = "GSS Encryption Mode=Disable;Host Recheck Seconds=2";

    /// <summary>Reads a connection string. Several hosts are one database: whichever of them is its primary is used.</summary>
    public static NpgsqlConnectionStringBuilder Read(string text)
    {
        var settings = new NpgsqlConnectionStringBuilder($"{Defaults};{text}");
        if (settings.Host?.Contains(',', StringComparison.Ordinal) == true)
        {
            settings.TargetSessionAttributes ??= "primary";
        }

        return settings;
    }
}
