using System.Globalization;
using System.Text.RegularExpressions;
using TagSegments.Chaos.Rig;
using TagSegments.Testing;

namespace TagSegments.Chaos.Hostile;

/// <summary>The memory that the manifests in <c>k8s/</c> give each service.</summary>
internal static partial class MemoryLimits
{
    /// <summary>The memory limit of a service in bytes.</summary>
    public static long Of(Target service)
    {
        var file = Path.Combine(Repository.Root, "k8s", "base", service.ToString().ToLowerInvariant(), "kustomization.yaml");
        var memory = Memory().Match(File.ReadAllText(file));
        var number = long.Parse(memory.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        return memory.Groups["unit"].Value == "Gi" ? number << 30 : number << 20;
    }

    /// <summary>
    /// Makes the runtime of a process take this for all memory that there is, as it does in a container: three quarters of it for the heap at most.
    /// Whether the process stays within the whole is for the caller to check.
    /// </summary>
    public static Dictionary<string, string> Environment(Target service) => new()
    {
        ["DOTNET_GCTotalPhysicalMemory"] = Of(service).ToString("X", CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@"\bmemory=(?<number>\d+)(?<unit>Mi|Gi)\b", RegexOptions.NonBacktracking)]
    private static partial Regex Memory();
}
