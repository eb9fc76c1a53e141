namespace TagSegments.Cli.Connection;

/// <summary>The addresses of the four services.</summary>
internal sealed record ServerAddresses(Uri Tags, Uri Segments, Uri Campaigns, Uri Workflows)
{
    private static readonly string[] Names = ["tags", "segments", "campaigns", "workflows"];

    /// <summary>Reads `--server` values. Other addresses come from TAGSEGMENTS_* variables, then from the default host and ports.</summary>
    public static ServerAddresses Resolve(IEnumerable<string> values, Func<string, string?> variable)
    {
        var host = "127.0.0.1";
        var named = new Dictionary<string, string>();
        foreach (var value in values)
        {
            if (value.Split('=', 2) is [var name, var url])
                named[Known(name, value)] = url;
            else
                host = value;
        }
        var all = Names.Select((name, i) => ToUri(
            named.GetValueOrDefault(name) ?? (host == "127.0.0.1" ? variable($"TAGSEGMENTS_{name.ToUpperInvariant()}") : null) ?? $"http://{host}:{5101 + i}"));
        return all.ToArray() is [var tags, var segments, var campaigns, var workflows] ? new(tags, segments, campaigns, workflows) : throw new InvalidOperationException();
    }

    private static string Known(string name, string value) => Names.Contains(name)
        ? name
        : throw new CliError($"--server {value}: there is no service `{name}`.", "Use tags, segments, campaigns or workflows, for example --server tags=http://127.0.0.1:5101");

    private static Uri ToUri(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        ? uri
        : throw new CliError($"`{text}` is not the address of a service.", "Write http://host:port or https://host:port");
}
