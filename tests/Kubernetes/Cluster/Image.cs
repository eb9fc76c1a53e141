using System.Text.RegularExpressions;
using TagSegments.Kubernetes.Overlays;
using TagSegments.Testing;

namespace TagSegments.Kubernetes.Cluster;

/// <summary>What runs in place of an image: the command with which it begins, its environment, and a file to put at /entry.sh.</summary>
internal sealed partial record Image(IReadOnlyList<string> EntryPoint, IReadOnlyDictionary<string, string> Environment, string? EntryFile)
{
    /// <summary>The console as its image has it: the files of packages are in it, and not where they were restored.</summary>
    public static readonly string PublishedConsole = Path.Combine(Repository.Root, "artifacts/kubernetes/console");

    /// <summary>The argument that makes this program an identity provider.</summary>
    public const string IdentityProvider = "--identity-provider";

    private const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The project whose program it starts; null for what is not built here.</summary>
    public string? Program { get; private init; }

    /// <summary>The folder of the program.</summary>
    public string Folder { get; private init; } = AppContext.BaseDirectory.TrimEnd('/');

    /// <summary>Finds what an image of the manifests is: a service of this build, or a server of this machine.</summary>
    public static Image Of(string name)
    {
        var repository = name.Split('/')[^1].Split(':', '@')[0];
        return repository switch
        {
            "postgres" => Server("postgres", $"{Directory.GetDirectories("/usr/lib/postgresql").Order().Last()}/bin:"),
            "redis" => Server("redis", ""),
            "mailpit" => new(["/usr/bin/python3", "-m", "aiosmtpd", "-n", "-l", "0.0.0.0:1025", "-c", "aiosmtpd.handlers.Sink"], WithPath(""), null),
            "identity-provider" => new(["/app/TagSegments.Kubernetes", IdentityProvider], WithPath(""), null),
            Manifests.Console => OfProgram(repository, "WebConsole", "Http") with { Folder = PublishedConsole },
            _ when Manifests.Services.Contains(repository) => OfProgram(repository, $"{char.ToUpperInvariant(repository[0])}{repository[1..]}", "Grpc"),
            _ => throw new ClusterException($"There is no image {name}."),
        };
    }

    // The stand-ins of tests/containers, which do what the official images do.
    private static Image Server(string name, string path) =>
        new(["/entry.sh"], WithPath(path), Path.Combine(Repository.Root, "tests/containers/standin", name, "entry.sh"));

    // ENTRYPOINT and ENV of the one Dockerfile.
    private static Image OfProgram(string name, string project, string listener)
    {
        var file = File.ReadAllText(Path.Combine(Repository.Root, "services/Dockerfile")).Replace("\\\n", " ", StringComparison.Ordinal);
        var environment = new Dictionary<string, string>(WithPath(""));
        foreach (Match variable in Variable().Matches(Environments().Match(file).Groups["all"].Value))
            environment[Filled(variable.Groups["name"].Value)] = Filled(variable.Groups["value"].Value);
        return new([EntryPoints().Match(file).Groups["program"].Value], environment, null) { Program = project };

        string Filled(string text) => text.Replace("${PORT}", $"{Ways.PortOf(name)}", StringComparison.Ordinal).Replace("${LISTENER}", listener, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> WithPath(string path) => new() { ["PATH"] = $"{path}{SystemPath}", ["HOME"] = "/" };

    [GeneratedRegex(@"^ENV (?<all>.*)$", RegexOptions.Multiline)]
    private static partial Regex Environments();

    [GeneratedRegex(@"(?<name>[\w${}]+)=(?<value>\S+)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^ENTRYPOINT \[""(?<program>[^""]+)""\]$", RegexOptions.Multiline)]
    private static partial Regex EntryPoints();
}
