using TagSegments.Kubernetes.Cluster;
using TagSegments.Kubernetes.Overlays;
using TagSegments.Testing;

namespace TagSegments.Kubernetes.Stages;

/// <summary>The overlay <c>local</c>, called through forwarded ports.</summary>
internal static class LocalStage
{
    public static Stage Create(Action<List<object>> breakOnPurpose)
    {
        Directory.CreateDirectory(PodScript.Trusted);
        var objects = Manifests.Load("k8s/overlays/local");
        breakOnPurpose(objects);
        return new(objects, Ways.InLocal(), installation =>
        {
            foreach (var service in Manifests.Services)
                _ = Network.ForwardAsync(Ways.PortOf(service), installation.Services.First(pod => pod.App == service));
            var keys = Path.Combine(Manifests.WithSecrets, "overlays/local/secrets/keys.env");
            return MainJob.StartHere(Manifests.Run(Path.Combine(Repository.Root, "k8s/make-token.sh"), keys).Trim());
        }, ConsoleVisit.ByTokenAsync);
    }
}
