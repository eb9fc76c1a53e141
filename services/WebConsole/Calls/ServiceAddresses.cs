namespace TagSegments.WebConsole.Calls;

/// <summary>The addresses of the four services, and the PEM file of the authority that vouches for them, if it is a private one.</summary>
public sealed record ServiceAddresses(Uri Tags, Uri Segments, Uri Campaigns, Uri Workflows, string? Authority)
{
    /// <summary>Reads <c>Services:Tags</c> and the others, by default on this machine, and <c>Tls:Authority</c>.</summary>
    public static ServiceAddresses From(IConfiguration configuration)
    {
        return new(Read("Tags", 5101), Read("Segments", 5102), Read("Campaigns", 5103), Read("Workflows", 5104), configuration["Tls:Authority"]);

        Uri Read(string service, int port) => new(configuration[$"Services:{service}"] ?? $"http://127.0.0.1:{port}");
    }
}
