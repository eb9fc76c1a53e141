using TagSegments.Kubernetes.Overlays;

namespace TagSegments.Kubernetes.Cluster;

/// <summary>The namespaces of Kubernetes beside the installation's own, with the pods that try connections from there.</summary>
internal static class Namespaces
{
    private static readonly Dictionary<string, string> s_none = [];

    /// <summary>The pods that only try connections, and the DNS server.</summary>
    public static List<Pod> Visitors { get; } =
    [
        Visitor(Ways.Caller, "shop", 200),
        Visitor(Ways.Stranger, "elsewhere", 201),
        Visitor(Ways.Monitoring, "monitoring", 202),
        Visitor(Ways.Ingress, "ingress-nginx", 204),
        new("dns", "kube-system", new Dictionary<string, string> { ["app.kubernetes.io/name"] = "dns", ["k8s-app"] = "kube-dns" }, null, [], 203),
    ];

    /// <summary>Gets the labels of a namespace: its name, and whether its pods may call the services.</summary>
    public static Dictionary<string, string> LabelsOf(string name) =>
        new(name == "shop" ? new() { ["tagsegments/calls"] = "allowed" } : s_none) { ["kubernetes.io/metadata.name"] = name };

    private static Pod Visitor(string name, string space, int number) =>
        new(name, space, new Dictionary<string, string> { ["app.kubernetes.io/name"] = name }, null, [], number);
}
