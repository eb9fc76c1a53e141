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

    /// <summary>Lists everything that has to be open in the overlay <c>local</c>.</summary>
    public static IEnumerable<Way> InLocal() => [.. Everywhere(), new("segments", "redis", 6379), new("campaigns", "mail", 1025)];

    /// <summary>Lists everything that has to be open in the overlay <c>production</c>.</summary>
    public static IEnumerable<Way> InProduction() =>
    [
        .. Everywhere(),
        .. Manifests.Services.Select(service => new Way(service, "identity-provider", 443)),
        new("segments", "redis", 6380), new("campaigns", "mail", 587), new(Ingress, "campaigns", 8080),
    ];

    private static IEnumerable<Way> Everywhere() => BetweenServices().Concat(Manifests.Services.SelectMany(service => new Way[]
    {
        new(service, "postgres", 5432), new($"{service}-migrate", "postgres", 5432), new(Caller, service, PortOf(service)), new(Monitoring, service, Management),
    }));

    public static int PortOf(string service) => 5101 + Array.IndexOf(Manifests.Services, service);

    private static string Title(string service) => $"{char.ToUpperInvariant(service[0])}{service[1..]}";

    [GeneratedRegex(@"AddServiceClient<[\w.]+>\(""(?<name>\w+)""\)")]
    private static partial Regex Client();
}
