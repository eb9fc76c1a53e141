namespace TagSegments.Standalone;

/// <summary>Shows what is running and what to try.</summary>
internal static class Banner
{
    private const string Cli = "dotnet run --project services/Cli --";

    private static readonly string[] s_withDemo =
    [
        "tags list --account demo",
        "segments count 'has tag \"Hot Lead\" AND opened email in last 7 days' --account demo",
        "campaigns status \"Spring offer\" --account demo",
    ];

    private static readonly string[] s_withoutDemo =
    [
        "accounts create mine",
        "import contacts.csv --account mine --external-id row",
        "segments count everyone --account mine",
    ];

    public static void Write(TextWriter writer, StandaloneOptions options, DataFolder data, Servers servers, bool hasDemo)
    {
        var ports = options.Ports;
        var commands = (hasDemo ? s_withDemo : s_withoutDemo).Select(command => $"{Cli} {command}");
        writer.WriteLine($"""

            TagSegments is running, for programs on this machine only{(options.Auth ? "" : " (no authentication)")}.
              console     http://localhost:{ports.Console}   the web console: open it in a browser{(options.Auth ? ", and sign in with the token" : "")}
              tags        127.0.0.1:{ports.Tags}   gRPC: accounts, contacts, fields, opportunities, imports, tags
              segments    127.0.0.1:{ports.Segments}   gRPC: segments, smart lists
              campaigns   127.0.0.1:{ports.Campaigns}   gRPC: campaigns, activities, messages
              workflows   127.0.0.1:{ports.Workflows}   gRPC: workflows
              HTTP        127.0.0.1:{ports.Http}   tracking and unsubscribe links of messages
              operators   127.0.0.1:{ports.Management}   HTTP: /metrics, /readyz
              SMTP sink   127.0.0.1:{ports.Smtp}   keeps what is sent in {data.Mail}, delivers nothing
              PostgreSQL  {Place(servers.PostgresConnection)}{Password(options, data)}

            Try in another terminal:
              {string.Join($"{Environment.NewLine}  ", Exports(options, data).Concat(commands))}

            Stop with Ctrl-C.
            """);
    }

    private static string Password(StandaloneOptions options, DataFolder data) =>
        options.Postgres is "" or null ? $", password in {Path.Combine(data.Postgres, "tagsegments.password")}" : "";

    private static string Place(string connection)
    {
        var parts = new Npgsql.NpgsqlConnectionStringBuilder(connection);
        return $"{parts.Host}:{parts.Port}, database {parts.Database}, user {parts.Username}";
    }

    private static IEnumerable<string> Exports(StandaloneOptions options, DataFolder data) =>
        [.. Addresses(options.Ports), .. options.Auth ? [$"export TAGSEGMENTS_TOKEN=$(cat '{data.Token}')"] : Array.Empty<string>()];

    // The command needs the addresses only if the ports are not the default ones.
    private static string[] Addresses(Ports ports) => ports is { Tags: 5101, Segments: 5102, Campaigns: 5103, Workflows: 5104 }
        ? []
        :
        [
            $"export TAGSEGMENTS_TAGS=http://127.0.0.1:{ports.Tags} TAGSEGMENTS_SEGMENTS=http://127.0.0.1:{ports.Segments}",
            $"export TAGSEGMENTS_CAMPAIGNS=http://127.0.0.1:{ports.Campaigns} TAGSEGMENTS_WORKFLOWS=http://127.0.0.1:{ports.Workflows}",
        ];
}
