using System.Globalization;
using System.Text.RegularExpressions;
using TagSegments.Chaos.Rig;
using TagSegments.Testing;

namespace TagSegments.Chaos.Hostile;

/// <summary>The memory that the manifests in <c>k8s/</c> give each service.</summary>
internal static partial class MemoryLimits
{
    // What the runtime takes for its heap of the memory of a container.
    private const double HeapShare = 0.75;

    /// <summary>The memory limit of a service in bytes.</summary>
    public static long Of(Target service)
    {
        var file = Path.Combine(Repository.Root, "k8s", "base", service.ToString().ToLowerInvariant(), "kustomization.yaml");
        var memory = Memory().Match(File.ReadAllText(file));
        var number = long.Parse(memory.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        return memory.Groups["unit"].Value == "Gi" ? number << 30 : number << 20;
    }

    /// <summary>Gives a process the heap that it would have in its container. Whether it stays within the whole limit is for the caller to check.</summary>
    public static Dictionary<string, string> Environment(Target service) => new()
    {
        ["DOTNET_GCHeapHardLimit"] = ((long)(Of(service) * HeapShare)).ToString("X", CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@"\bmemory=(?<number>\d+)(?<unit>Mi|Gi)\b", RegexOptions.NonBacktracking)]
    private static partial Regex Memory();
}
