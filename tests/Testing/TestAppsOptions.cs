using TagSegments.Testing.Tls;

namespace TagSegments.Testing;

/// <summary>A service that <see cref="TestApps"/> can start.</summary>
public enum Service
{
    Tags,
    Segments,
    Campaigns,
    Workflows,
}

/// <summary>What <see cref="TestApps"/> starts, and how.</summary>
public sealed record TestAppsOptions
{
    /// <summary>The services to start. Defaults to all.</summary>
    public IReadOnlyCollection<Service> Services { get; init; } = Enum.GetValues<Service>();

    /// <summary>Settings for every service, over those of the tests.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>The database; null makes one on the server of the process.</summary>
    public TestDatabase? Database { get; init; }

    /// <summary>The address of Redis; null takes TEST_REDIS or the embedded one, an empty text none.</summary>
    public string? Redis { get; init; }

    /// <summary>Keeps what the services log; null for the console alone.</summary>
    public CapturedLogs? Logs { get; init; }

    /// <summary>The file that gets the spans of the services, and of all others in the process; null for none.</summary>
    public string? TraceFile { get; init; }

    /// <summary>The authority whose certificates the services show each other and their callers; null for clear text.</summary>
    public TestAuthority? Authority { get; init; }
}
