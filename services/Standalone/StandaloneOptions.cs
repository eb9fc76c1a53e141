namespace TagSegments.Standalone;

/// <summary>The options of the command line.</summary>
internal sealed record StandaloneOptions
{
    /// <summary>The folder with all data.</summary>
    public required string Data { get; init; }

    public required Ports Ports { get; init; }

    /// <summary>True runs the demo, false does not, null runs it if there is no account yet.</summary>
    public bool? Demo { get; init; }

    public int DemoContacts { get; init; }

    public bool ExitAfterDemo { get; init; }

    /// <summary>The owner's connection string of a PostgreSQL to use instead of a private one.</summary>
    public string? Postgres { get; init; }

    /// <summary>The address of a Redis to use instead of the embedded one.</summary>
    public string? Redis { get; init; }

    /// <summary>Asks every call for a token.</summary>
    public bool Auth { get; init; }

    /// <summary>Shows the services' information log, not only warnings.</summary>
    public bool Verbose { get; init; }
}

/// <summary>The ports on 127.0.0.1.</summary>
internal sealed record Ports(int Console, int Tags, int Segments, int Campaigns, int Workflows, int Http, int Management, int Smtp)
{
    /// <summary>Gets each port with its purpose and the option that changes it.</summary>
    public IEnumerable<(int Port, string Purpose, string Option)> All =>
    [
        (Console, "the web console", "--console-port"),
        (Tags, "the tags service", "--tags-port"),
        (Segments, "the segments service", "--segments-port"),
        (Campaigns, "the campaigns service", "--campaigns-port"),
        (Workflows, "the workflows service", "--workflows-port"),
        (Http, "tracking and unsubscribe links", "--http-port"),
        (Management, "metrics and health", "--management-port"),
        (Smtp, "the SMTP sink", "--smtp-port"),
    ];
}
