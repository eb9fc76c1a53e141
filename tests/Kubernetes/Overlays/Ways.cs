using System.Text.RegularExpressions;
using TagSegments.Testing;

namespace TagSegments.Kubernetes.Overlays;

/// <summary>A connection that somebody needs: from an app, to an app, at a port.</summary>
internal sealed record Way(string From, string To, int Port);

/// <summary>The connections that are needed, found in the code where it says them. Every other one must be closed.</summary>
internal static partial class Ways
{
    /// <summary>A pod in a namespace that may call the services.</summary>
    public const string Caller = "caller";

    /// <summary>A pod in any other namespace.</summary>
    public const string Stranger = "stranger";

    /// <summary>Prometheus.</summary>
    public const string Monitoring = "monitoring";

    /// <summary>What leads people of the Internet in.</summary>
    public const string Ingress = "ingress";

    public const int Management = 9090;

    /// <summary>Finds which service calls which: the clients that it adds.</summary>
    public static IEnumerable<Way> BetweenServices() =>
        from service in Manifests.Services
        from file in Directory.GetFiles(Path.Combine(Repository.Root, "services", Title(service)), "*.cs", SearchOption.AllDirectories)
        from match in Client().Matches(File.ReadAllText(file))
        group match by (service, other: match.Groups["name"].Value.ToLowerInvariant()) into used
        select new Way(used.Key.service, used.Key.other, PortOf(used.Key.other));

    /// <summary>Finds which services the console calls.</summary>
    public static IEnumerable<Way> FromConsole() =>
        from match in ConsoleClient().Matches(File.ReadAllText(Path.Combine(Repository.Root, "services/WebConsole/Calls/Services.cs")))
        select new Way(Manifests.Console, match.Groups["name"].Value.ToLowerInvariant(), PortOf(match.Groups["name"].Value.ToLowerInvariant()));

    /// <summary>Lists everything that has to be open in the overlay <c>local</c>.</summary>
    public static IEnumerable<Way> InLocal() => [.. Everywhere(), new("segments", "redis", 6379), new("campaigns", "mail", 1025)];

    /// <summary>Lists everything that has to be open in the overlay <c>production</c> with the console's ingress.</summary>
    public static IEnumerable<Way> InProduction() =>
    [
        .. Everywhere(),
        .. Manifests.Programs.Select(program => new Way(program, "identity-provider", 443)),
        new("segments", "redis", 6380), new("campaigns", "mail", 587), new(Ingress, "campaigns", 8080), new(Ingress, Manifests.Console, PortOf(Manifests.Console)),
    ];

    private static IEnumerable<Way> Everywhere() => BetweenServices().Concat(FromConsole()).Append(new(Monitoring, Manifests.Console, Management)).Concat(Manifests.Services.SelectMany(service => new Way[]
    {
        new(service, "postgres", 5432), new($"{service}-migrate", "postgres", 5432), new(Caller, service, PortOf(service)), new(Monitoring, service, Management),
    }));

    public static int PortOf(string program) => 5100 + Array.IndexOf(Manifests.Programs, program);

    private static string Title(string service) => $"{char.ToUpperInvariant(service[0])}{service[1..]}";

    [GeneratedRegex(@"AddServiceClient<[\w.]+>\(""(?<name>\w+)""\)")]
    private static partial Regex Client();

    [GeneratedRegex(@"Connect\(addresses\.(?<name>\w+),")]
    private static partial Regex ConsoleClient();
}
