using k8s.Models;
using TagSegments.Kubernetes.Overlays;

namespace TagSegments.Kubernetes;

/// <summary>A way to break the manifests of an overlay on purpose, and a part of what the run then has to say.</summary>
internal sealed record Mutant(string Name, Action<List<object>> Break, string Finding, string Overlay = "local");

/// <summary>Wrong variants of the manifests. A run that does not find them proves nothing.</summary>
internal static class Mutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("edge", objects => Policy(objects, "workflows").Spec.Egress.RemoveAt(1), "the main job failed"),
        new("dns", objects => objects.Remove(Policy(objects, "dns")), "-migrate-0 failed"),
        new("open", objects => Policy(objects, "redis").Spec.Ingress[0].FromProperty.Add(new() { NamespaceSelector = new() }), "redis:6379, which it does not need"),
        new("variable", objects => Rename(Shared(objects).Data, "Services__Segments", "Services__Segment"), "Set Services:Segments"),
        new("address", objects => Shared(objects).Data["Services__Campaigns"] = "dns:///campaign:5103", "the main job failed"),
        new("readiness", objects => Container(objects, "segments").ReadinessProbe.HttpGet.Path = "/ready", "segments-0 did not be ready"),
        new("pool", objects => Container(objects, "segments").ReadinessProbe.HttpGet.Path = "/livez", "segments-0 is ready without a database"),
        new("key", objects => Container(objects, "tags").Env.Single(env => env.Name == "Keys__Tokens").ValueFrom.SecretKeyRef.Key = "token", "has no key token"),
        new("user", objects => Manifests.ServicesIn(objects)["workflows"].Spec.SecurityContext.RunAsUser = 0, "workflows-0 would run as root"),
        new("password", objects => Container(objects, "campaigns").Env.Single(env => env.Name == "Postgres__ConnectionString").ValueFrom.SecretKeyRef.Key = "tags", "the main job failed"),
        new("certificate", objects => objects.OfType<Certificate>().Single(one => one.Metadata.Name == "segments").Spec.DnsNames = ["segment"], "the main job failed", "production"),
        new("console-edge", objects => Policy(objects, "console").Spec.Egress.RemoveAt(1), "console does not reach segments:5102"),
        new("console-door", objects => Policy(objects, "segments").Spec.Ingress[0].FromProperty.RemoveAt(3), "console does not reach segments:5102"),
        new("console-keys", objects => Workload(objects, Manifests.Console).VolumeMounts.Remove(Workload(objects, Manifests.Console).VolumeMounts.Single(one => one.Name == "keys")), "the console: "),
        new("console-setting", objects => Setting(objects, "Services__Tags").ValueFrom.ConfigMapKeyRef.Key = "Services__Tag", "has no key Services__Tag"),
        new("console-name", objects => Setting(objects, "AllowedHosts").Value = "consoles.example.com", "the console: nobody is sent to the identity provider, 400", "production"),
        new("console-scheme", objects => Workload(objects, Manifests.Console).Env.Remove(Setting(objects, "Http__Forwarded")), "the console: nobody is sent to the identity provider", "production"),
        new("issuer", objects => objects.Remove(Policy(objects, "to-identity-provider")), "the main job failed", "production"),
    ];

    private static V1NetworkPolicy Policy(List<object> objects, string name) => objects.OfType<V1NetworkPolicy>().Single(policy => policy.Metadata.Name == name);

    private static V1ConfigMap Shared(List<object> objects) => objects.OfType<V1ConfigMap>().Single(map => map.Metadata.Name == "tagsegments");

    private static V1Container Workload(List<object> objects, string name) => objects.OfType<V1Deployment>().Single(one => one.Metadata.Name == name).Spec.Template.Spec.Containers[0];

    private static V1EnvVar Setting(List<object> objects, string name) => Workload(objects, Manifests.Console).Env.Single(env => env.Name == name);

    private static V1Container Container(List<object> objects, string service) => Manifests.ServicesIn(objects)[service].Spec.Containers[0];

    private static void Rename(IDictionary<string, string> data, string name, string wrong)
    {
        data[wrong] = data[name];
        data.Remove(name);
    }
}
