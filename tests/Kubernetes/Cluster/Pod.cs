using k8s.Models;
using TagSegments.Kubernetes.Overlays;

namespace TagSegments.Kubernetes.Cluster;

/// <summary>A pod to be: what it runs, and where it is in the network.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Namespace">The namespace of Kubernetes.</param>
/// <param name="Labels">The labels that services and policies select.</param>
/// <param name="Spec">What it runs; null for a pod that only tries connections.</param>
/// <param name="Claims">The volumes that are claimed for it.</param>
/// <param name="Number">Names its end of the network, and makes its address unless it has a fixed one.</param>
internal sealed record Pod(string Name, string Namespace, IDictionary<string, string> Labels, V1PodSpec? Spec, IList<V1PersistentVolumeClaim> Claims, int Number)
{
    private const string FixedAddress = "address";

    /// <summary>What the pod is, whichever replica it is.</summary>
    public string App => Labels["app.kubernetes.io/name"];

    public bool IsService => Component == "service";

    public bool IsConsole => Component == "console";

    /// <summary>Its address in the network of pods; what is outside of the cluster has the address that the manifests name.</summary>
    public string Address { get; private init; } = $"10.244.1.{Number}";

    /// <summary>The name of what is outside of the cluster; empty for pods, which have the names of their services.</summary>
    public string Host { get; private init; } = "";

    public V1Container Container => Spec!.Containers.Single();

    public IEnumerable<int> Ports => Spec is null ? [] : (Container.Ports ?? []).Select(port => port.ContainerPort);

    private string Component => Labels.TryGetValue("app.kubernetes.io/component", out var component) ? component : "";

    /// <summary>Finds the number of a port that is named or numbered.</summary>
    public int Port(IntOrString port) => int.TryParse(port.Value, out var number)
        ? number
        : Container.Ports.FirstOrDefault(one => one.Name == port.Value)?.ContainerPort ?? throw new ClusterException($"{Name} has no port {port.Value}.");

    /// <summary>Lists the pods of all workloads; where an autoscaler has the number of replicas, its smallest one.</summary>
    public static List<Pod> Of(IReadOnlyCollection<object> objects)
    {
        var number = 0;
        var smallest = objects.OfType<V2HorizontalPodAutoscaler>().ToDictionary(one => one.Spec.ScaleTargetRef.Name, one => one.Spec.MinReplicas ?? 1);
        return [.. objects.SelectMany(item => Enumerable.Range(0, Replicas(item, smallest)).Select(replica => Create(item, replica, ++number)))];
    }

    private static int Replicas(object item, Dictionary<string, int> smallest) => item switch
    {
        V1Deployment deployment => deployment.Spec.Replicas ?? smallest.GetValueOrDefault(deployment.Metadata.Name, 1),
        V1StatefulSet set => set.Spec.Replicas ?? smallest.GetValueOrDefault(set.Metadata.Name, 1),
        V1Job => 1,
        _ => 0,
    };

    private static Pod Create(object item, int replica, int number)
    {
        var metadata = ((k8s.IKubernetesObject<V1ObjectMeta>)item).Metadata;
        var template = Manifests.TemplateOf(item)!;
        var claims = item is V1StatefulSet set ? set.Spec.VolumeClaimTemplates ?? [] : [];
        var pod = new Pod($"{metadata.Name}-{replica}", metadata.NamespaceProperty, template.Metadata.Labels, template.Spec, claims, number);
        return metadata.Annotations?.TryGetValue(FixedAddress, out var address) == true ? pod with { Address = address, Host = metadata.Annotations["host"] } : pod;
    }
}
