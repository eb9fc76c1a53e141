using System.Text.RegularExpressions;
using k8s.Models;
using TagSegments.Kubernetes.Overlays;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

/// <summary>
/// The commands of k8s/README.md. A block marked <c>bash run</c> is run here, <c>bash compose</c> is what tests/containers/check.sh does, and
/// <c>bash cluster</c> needs a cluster: what of it is not the cluster's own work is run here with a kubectl that only writes down what it was asked.
/// </summary>
public sealed partial class OperatorsPageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tagsegments_page_").FullName;
    private readonly List<(string Kind, string Text)> _blocks =
        [.. Block().Matches(File.ReadAllText(Path.Combine(Repository.Root, "k8s/README.md"))).Select(match => (match.Groups["kind"].Value.Trim(), match.Groups["text"].Value))];

    public OperatorsPageTests()
    {
        Manifests.Run("cp", "-r", Manifests.WithSecrets, Path.Combine(_folder, "k8s"));
        foreach (var name in new[] { "postgres.crt", "redis.crt" })
            File.WriteAllText(Path.Combine(_folder, name), "-----BEGIN CERTIFICATE-----\n");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_block_of_commands_is_marked_and_can_be_read_by_the_shell()
    {
        Assert.True(_blocks.Count >= 7);
        Assert.All(_blocks, block => Assert.Contains(block.Kind, new[] { "run", "compose", "cluster" }));
        Assert.All(_blocks, block => Bash($"bash -n <<'END'\n{block.Text}\nEND"));
    }

    [Fact]
    public void The_commands_that_need_no_cluster_work_and_make_everything_that_production_refers_to()
    {
        if (!Manifests.HasKubectl)
        {
            return;
        }

        Bash(string.Concat(_blocks.Where(block => block.Kind == "run").Select(block => block.Text)));
        var made = Manifests.Read(Bash(_blocks.Single(block => block.Text.Contains("create secret", StringComparison.Ordinal)).Text)).ToList();
        var secrets = made.OfType<V1Secret>().ToDictionary(secret => secret.Metadata.Name, secret => secret.Data.Keys);
        var maps = made.OfType<V1ConfigMap>().ToDictionary(map => map.Metadata.Name, map => map.Data.Keys);
        var objects = Manifests.Load("k8s/overlays/production");
        var pods = objects.Select(Manifests.TemplateOf).OfType<V1PodTemplateSpec>().Select(template => template.Spec).ToList();

        Assert.NotEmpty(pods);
        Assert.All(pods.SelectMany(pod => pod.Containers).SelectMany(container => container.Env).Select(env => env.ValueFrom?.SecretKeyRef).OfType<V1SecretKeySelector>(), key =>
            Assert.True(key.Optional == true || secrets[key.Name].Contains(key.Key), $"{key.Name} has no key {key.Key}"));
        Assert.All(pods.SelectMany(pod => pod.Containers).SelectMany(container => container.EnvFrom ?? []), source =>
            Assert.Contains(source.ConfigMapRef.Name, maps.Keys.Concat(Manifests.Named<V1ConfigMap>(objects))));
        Assert.All(pods.SelectMany(pod => pod.Volumes).Select(volume => volume.ConfigMap).OfType<V1ConfigMapVolumeSource>(), volume => Assert.Contains(volume.Name, maps.Keys));
        Assert.Equal(["postgres.crt", "redis.crt"], maps["tagsegments-authorities"].Order());
        Assert.DoesNotContain("signing-key", secrets["tagsegments-keys"]);
        Assert.All(Roles(made), connection => Assert.EndsWith(";SSL Mode=VerifyFull;Root Certificate=/authorities/postgres.crt", connection, StringComparison.Ordinal));
    }

    [Fact]
    public void Services_are_rolled_out_when_their_migrations_are_done()
    {
        if (!Manifests.HasKubectl)
        {
            return;
        }

        Bash("k8s/deploy.sh k8s/overlays/production");

        Assert.Equal(
            [
                "-n tagsegments delete job -l app.kubernetes.io/component=migration --ignore-not-found",
                "apply -k k8s/overlays/production -l app.kubernetes.io/component notin (service, console)",
                "-n tagsegments wait job -l app.kubernetes.io/component=migration --for=condition=complete --timeout=15m",
                "apply -k k8s/overlays/production",
                "-n tagsegments rollout status deployment/tags --timeout=10m",
                "-n tagsegments rollout status deployment/segments --timeout=10m",
                "-n tagsegments rollout status statefulset/campaigns --timeout=10m",
                "-n tagsegments rollout status deployment/workflows --timeout=10m",
                "-n tagsegments rollout status deployment/console --timeout=10m",
            ],
            File.ReadAllLines(Path.Combine(_folder, "calls")));
        // What comes in the first step is all but the services and the console; nothing else has their labels.
        var second = Manifests.Load("k8s/overlays/production").Where(item => item is k8s.IKubernetesObject<V1ObjectMeta> { Metadata.Labels: { } labels }
            && labels.TryGetValue("app.kubernetes.io/component", out var component) && component is "service" or "console");
        Assert.Equal(Manifests.Programs.Order(), second.Select(Manifests.NameOf).Order());
    }

    private static IEnumerable<string> Roles(IEnumerable<object> made) =>
        from secret in made.OfType<V1Secret>()
        where secret.Metadata.Name == "tagsegments-postgres"
        from pair in secret.Data
        where !pair.Key.EndsWith("password", StringComparison.Ordinal)
        select System.Text.Encoding.UTF8.GetString(pair.Value);

    // kubectl writes down what it was asked, makes objects without a cluster, and renders.
    private string Bash(string commands) => Manifests.Run("bash", "-euo", "pipefail", "-c", $$"""
        cd {{_folder}}
        real=$(command -v kubectl || true)
        kubectl() {
          echo "$*" >> calls
          case "$*" in
            *' create '*) echo --- && "$real" "$@" --dry-run=client -o yaml ;;
            'apply -k '*) "$real" kustomize "$3" > /dev/null ;;
            kustomize*) "$real" "$@" > /dev/null ;;
          esac
        }
        export real
        export -f kubectl
        {{commands}}
        """);

    [GeneratedRegex(@"^```bash(?<kind>[^\n]*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
