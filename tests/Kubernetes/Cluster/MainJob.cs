using TagSegments.Embedded.Postgres;
using TagSegments.Kubernetes.Overlays;

namespace TagSegments.Kubernetes.Cluster;

/// <summary>The main job of the product with its checks, as <c>Standalone demo</c> runs it against services elsewhere.</summary>
internal static class MainJob
{
    private static readonly string[] s_demo = ["dotnet", Path.Combine(AppContext.BaseDirectory, "TagSegments.Standalone.dll"), "demo", "--contacts", "3000"];

    /// <summary>Runs it on this machine, to which the ports of the services are forwarded.</summary>
    public static ChildProcess StartHere(string token) => ChildProcess.Start(s_demo, Token(token));

    /// <summary>Runs it in a pod, with the names of the cluster and the authority of the services.</summary>
    public static ChildProcess StartIn(Pod pod, string token, string authority)
    {
        var servers = Manifests.Services.SelectMany(service => new[] { "--server", $"{service}=https://{service}.tagsegments.svc:{Ways.PortOf(service)}" });
        return ChildProcess.Start(
            [
                .. Network.Inside(pod), "unshare", "--mount", "--propagation", "private", "bash", "-c",
                $"mount --bind {PodScript.Folder}/resolv.conf /etc/resolv.conf && exec \"$@\"", "job", .. s_demo, .. servers, "--ca", authority,
            ],
            Token(token));
    }

    private static Dictionary<string, string> Token(string token) => new() { ["TAGSEGMENTS_TOKEN"] = token };
}
