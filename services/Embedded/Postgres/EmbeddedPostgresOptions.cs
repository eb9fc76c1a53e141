namespace TagSegments.Embedded.Postgres;

/// <summary>Where a private PostgreSQL cluster lives and how it runs.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>The folder of the cluster; created at the first start and reused by later ones.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The port on 127.0.0.1; 0 uses that of the last start, or a free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// Whether clients need the password that the cluster gets at its first start and keeps in its folder. Otherwise every user of this machine
    /// is its owner, which fits throwaway data only.
    /// </summary>
    public bool RequirePassword { get; init; }

    /// <summary>The folder with <c>initdb</c> and <c>postgres</c>; null searches PG_BIN, PATH and the usual places, then downloads.</summary>
    public string? BinDirectory { get; init; }

    /// <summary>The version that is downloaded when none is installed.</summary>
    public string DownloadVersion { get; init; } = "17.5.0";

    /// <summary>Server settings that override the defaults, as in <c>-c name=value</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings for data that a crash may destroy: tests and benchmarks.</summary>
    public static IReadOnlyDictionary<string, string> Throwaway { get; } = new Dictionary<string, string>
    {
        ["fsync"] = "off",
        ["synchronous_commit"] = "off",
        ["full_page_writes"] = "off",
        ["shared_buffers"] = "128MB",
    };

    // Loopback TCP only: the socket folder of a packaged server belongs to another user.
    private static readonly Dictionary<string, string> s_defaults = new()
    {
        ["listen_addresses"] = "127.0.0.1",
        ["unix_socket_directories"] = "",
        ["max_connections"] = "500",
        ["shared_buffers"] = "256MB",
        ["max_wal_size"] = "4GB",
        ["checkpoint_timeout"] = "15min",
        ["random_page_cost"] = "1.1",
        ["jit"] = "off",
    };

    internal IEnumerable<KeyValuePair<string, string>> EffectiveSettings =>
        s_defaults.Where(setting => !Settings.ContainsKey(setting.Key)).Concat(Settings);
}
