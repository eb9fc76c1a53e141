namespace TagSegments.Standalone;

/// <summary>Tells what is running and what to try.</summary>
internal static class Banner
{
    private const string Cli = "dotnet run --project services/Cli --";

    public static void Write(TextWriter writer, StandaloneOptions options, DataFolder data, Servers servers)
    {
        var ports = options.Ports;
        writer.WriteLine($"""

            TagSegments is running, for programs on this machine only (no authentication).
              tags        127.0.0.1:{ports.Tags}   gRPC: accounts, contacts, fields, opportunities, imports, tags
              segments    127.0.0.1:{ports.Segments}   gRPC: segments
              campaigns   127.0.0.1:{ports.Campaigns}   gRPC: campaigns, activities, messages
              workflows   127.0.0.1:{ports.Workflows}   gRPC: workflows
              HTTP        127.0.0.1:{ports.Http}   tracking and unsubscribe links of messages, /metrics
              SMTP sink   127.0.0.1:{ports.Smtp}   keeps what is sent in {data.Mail}, delivers nothing
              PostgreSQL  {Place(servers.PostgresConnection)}

            Try in another terminal:
              {Cli} tags list --account demo{Servers(ports)}
              {Cli} segments count 'has tag "Hot Lead" AND opened email in last 7 days' --account demo{Servers(ports)}
              {Cli} campaigns status "Spring offer" --account demo{Servers(ports)}

            Stop with Ctrl-C.
            """);
    }

    private static string Place(string connection)
    {
        var parts = new Npgsql.NpgsqlConnectionStringBuilder(connection);
        return $"{parts.Host}:{parts.Port}, database {parts.Database}, user {parts.Username}";
    }

    // What the command needs only if the ports are not the usual ones.
    private static string Servers(Ports ports) => ports is { Tags: 5101, Segments: 5102, Campaigns: 5103, Workflows: 5104 }
        ? ""
        : $" --server tags=http://127.0.0.1:{ports.Tags} --server segments=http://127.0.0.1:{ports.Segments} --server campaigns=http://127.0.0.1:{ports.Campaigns}";
}
