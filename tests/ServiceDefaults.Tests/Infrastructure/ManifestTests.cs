using System.Xml.Linq;
using k8s.Models;
using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.Tokens;
using TagSegments.Kubernetes.Overlays;
using TagSegments.ServiceDefaults.Auth;
using TagSegments.ServiceDefaults.Host;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

/// <summary>The manifests as the API server would read them: strictly typed, an unknown field is an error.</summary>
public sealed class ManifestTests
{
    private static readonly string s_root = Repository.Root;

    public static TheoryData<string> Folders => ["k8s/base", "k8s/overlays/local", "k8s/overlays/production", "k8s/overlays/open"];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Manifests_are_valid_and_complete(string folder)
    {
        var objects = Manifests.Load(folder);

        Assert.Equal(Manifests.Services.Order(), Manifests.ServicesIn(objects).Keys.Order());
        Assert.Equal(Manifests.Services.Order(), Manifests.Named<V1Service>(objects).Intersect(Manifests.Services).Order());
        Assert.Equal(Manifests.Services.Order(), Manifests.Named<V1PodDisruptionBudget>(objects).Order());
        Assert.Equal(Manifests.Programs.Order(), Manifests.Named<V1ServiceAccount>(objects).Order());
        Assert.Equal(Manifests.Services.Select(name => $"{name}-migrate").Order(), Manifests.Named<V1Job>(objects).Order());
        Assert.Equal("restricted", Assert.Single(objects.OfType<V1Namespace>()).Metadata.Labels["pod-security.kubernetes.io/enforce"]);
    }

    [Theory]
    [InlineData("replicas: many")]
    [InlineData("replica: 2")]
    [InlineData("strategy: { rollingUpdate: { surge: 1 } }")]
    public void A_wrong_manifest_is_refused(string line) => Assert.ThrowsAny<Exception>(() => Manifests.Read(
        $"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: tags }}\nspec:\n  {line}\n"));

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_pod_is_allowed_under_the_restricted_standard(string folder)
    {
        var pods = Manifests.Load(folder).Select(Manifests.TemplateOf).OfType<V1PodTemplateSpec>().Select(template => template.Spec).ToList();

        Assert.NotEmpty(pods);
        Assert.All(pods, pod =>
        {
            Assert.True(pod.SecurityContext.RunAsNonRoot);
            Assert.True(pod.SecurityContext.RunAsUser > 0);
            Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
            Assert.False(pod.AutomountServiceAccountToken);
            Assert.All(pod.Volumes ?? [], volume => Assert.True(volume.EmptyDir is null or { SizeLimit: not null }, $"{volume.Name} has no limit"));
            Assert.All(pod.Containers, container =>
            {
                Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
                Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
                Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
                Assert.True(container.Resources.Limits.ContainsKey("memory"));
            });
        });
    }

    // Its sessions live in the process: two at once would each get half of the requests of a page, and an autoscaler or a budget would ask for two.
    [Theory]
    [MemberData(nameof(Folders))]
    public void The_console_has_one_replica_and_is_never_two(string folder)
    {
        var objects = Manifests.Load(folder);
        var console = Assert.Single(objects.OfType<V1Deployment>(), one => one.Metadata.Name == Manifests.Console);

        Assert.Equal((1, "Recreate"), (console.Spec.Replicas, console.Spec.Strategy.Type));
        Assert.DoesNotContain(Manifests.Console, Manifests.Named<V1PodDisruptionBudget>(objects));
        Assert.DoesNotContain(Manifests.Console, Manifests.Named<V2HorizontalPodAutoscaler>(objects));
        var container = console.Spec.Template.Spec.Containers[0];
        Assert.Contains(container.VolumeMounts, mount => mount.MountPath == container.Env.Single(env => env.Name == "Keys__Folder").Value);
        Assert.Single(Manifests.Named<V1Service>(objects), Manifests.Console);
    }

    // A caller that knows two replicas would lose both before it looked the name up again. Names live for 5 seconds in the DNS of a cluster.
    [Theory]
    [MemberData(nameof(Folders))]
    public void A_replica_serves_on_until_every_caller_has_looked_its_name_up_again_and_then_has_time_to_end(string folder)
    {
        var pods = Manifests.ServicesIn(Manifests.Load(folder)).Values.Select(template => template.Spec);

        Assert.All(pods, pod =>
        {
            var servesOn = pod.Containers[0].Lifecycle.PreStop.Sleep.Seconds;
            Assert.InRange(servesOn, (long)ServiceClients.LookUp.TotalSeconds + 5, long.MaxValue);
            Assert.InRange(pod.TerminationGracePeriodSeconds!.Value, servesOn + 20, long.MaxValue);
        });
    }

    [Fact]
    public void The_journal_of_campaigns_outlives_its_pod()
    {
        if (!Manifests.HasKubectl)
            return;
        var campaigns = Assert.Single(Manifests.Load("k8s/base").OfType<V1StatefulSet>());
        var container = campaigns.Spec.Template.Spec.Containers[0];
        var claim = Assert.Single(campaigns.Spec.VolumeClaimTemplates);

        Assert.Equal(container.Env.Single(env => env.Name == "Delivery__JournalFolder").Value, container.VolumeMounts.Single(mount => mount.Name == claim.Metadata.Name).MountPath);
        Assert.Equal(container.VolumeMounts.Count, container.VolumeMounts.DistinctBy(mount => mount.MountPath).Count());
    }

    [Fact]
    public void Replicas_follow_processor_and_calls_in_production()
    {
        if (!Manifests.HasKubectl)
            return;
        var objects = Manifests.Load("k8s/overlays/production");
        var scaled = objects.OfType<V2HorizontalPodAutoscaler>().ToList();

        Assert.Equal(Manifests.Services.Order(), scaled.Select(one => one.Spec.ScaleTargetRef.Name).Order());
        Assert.All(scaled, one =>
        {
            var target = objects.Single(item => item is V1Deployment or V1StatefulSet && Manifests.NameOf(item) == one.Spec.ScaleTargetRef.Name);
            Assert.Equal(target.GetType().Name, $"V1{one.Spec.ScaleTargetRef.Kind}");
            Assert.Null(target is V1Deployment deployment ? deployment.Spec.Replicas : ((V1StatefulSet)target).Spec.Replicas);
            Assert.Equal(["Resource", "Pods"], one.Spec.Metrics.Select(metric => metric.Type));
            // A percentage is of what the pods ask for.
            Assert.True(Manifests.TemplateOf(target)!.Spec.Containers[0].Resources.Requests.ContainsKey("cpu"));
        });
        var rule = File.ReadAllText(Path.Combine(s_root, "k8s/autoscaling/adapter-rule.yaml"));
        Assert.All(scaled, one => Assert.Contains($"as: {one.Spec.Metrics[1].Pods.Metric.Name} ", rule, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_service_has_values_for_what_the_manifests_share()
    {
        Assert.All(Manifests.Services.Index(), service =>
        {
            var values = File.ReadAllText(Path.Combine(s_root, "k8s/base", service.Item, "kustomization.yaml"));
            Assert.Contains($"literals: [name={service.Item}, port={5101 + service.Index}, memory=", values, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Finding_9_Every_secret_that_a_manifest_names_is_made_and_no_two_are_equal()
    {
        var folder = Directory.CreateTempSubdirectory("tagsegments_secrets_").FullName;
        Manifests.Run(Path.Combine(s_root, "k8s/make-secrets.sh"), folder);
        var made = new Dictionary<string, Dictionary<string, string>>
        {
            ["tagsegments-postgres"] = Values("postgres.env"),
            ["tagsegments-redis"] = Values("redis.env"),
            ["tagsegments-keys"] = Values("keys.env"),
            // From the identity provider.
            ["tagsegments-console"] = new() { ["client-id"] = "console" },
        };
        var containers = new[] { "k8s/overlays/local", "k8s/overlays/production" }.SelectMany(Manifests.Load)
            .Select(Manifests.TemplateOf).OfType<V1PodTemplateSpec>().SelectMany(template => template.Spec.Containers).ToList();

        Assert.All(containers.SelectMany(container => container.Env ?? []).Select(env => env.ValueFrom?.SecretKeyRef).OfType<V1SecretKeySelector>().Where(key => key.Optional != true), key =>
            Assert.True(made[BaseName(key.Name)].ContainsKey(key.Key), $"{key.Name} has no key {key.Key}"));
        var secrets = made.Values.SelectMany(values => values.Values).ToList();
        Assert.Equal(secrets.Count, secrets.Distinct().Count());
        var settings = Values("public-keys.env").ToDictionary(key => key.Key.Replace("__", ":", StringComparison.Ordinal), string? (key) => key.Value);
        settings["Services:PrivateKey"] = made["tagsegments-keys"]["tags-key"];
        var keys = new ServiceKeys(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        Assert.Equal([1, 1, 1, 1], Manifests.Services.Select(service => keys.Of(service).Count()));
        Assert.Equal(
            ((ECDsaSecurityKey)keys.Own!.Key).ECDsa.ExportSubjectPublicKeyInfo(),
            ((ECDsaSecurityKey)keys.Of("tags").Single()).ECDsa.ExportSubjectPublicKeyInfo());
        Directory.Delete(folder, recursive: true);

        Dictionary<string, string> Values(string file) =>
            File.ReadLines(Path.Combine(folder, file)).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
    }

    // kustomize adds a hash of the values to a generated name.
    private static string BaseName(string name) => string.Join('-', name.Split('-')[..2]);

    [Fact]
    public void Every_service_has_an_image_and_a_migration_in_compose()
    {
        var compose = File.ReadAllText(Path.Combine(s_root, "docker-compose.yml"));

        Assert.All(Manifests.Services, service =>
        {
            var project = $"{char.ToUpperInvariant(service[0])}{service[1..]}";
            Assert.True(File.Exists(Path.Combine(s_root, "services", project, $"{project}.csproj")), $"there is no project {project}");
            Assert.Contains($"dockerfile: services/Dockerfile, args: {{ SERVICE: {project}, ", compose, StringComparison.Ordinal);
            Assert.Contains($"\n  {service}:\n", compose, StringComparison.Ordinal);
            Assert.Contains($"{service}-migrate: {{ condition: service_completed_successfully }}", compose, StringComparison.Ordinal);
        });
        Assert.Contains("\n  console:\n", compose, StringComparison.Ordinal);
        Assert.Contains("args: { SERVICE: WebConsole, PORT: 5100, LISTENER: Http, ", compose, StringComparison.Ordinal);
    }

    [Fact]
    public void The_image_is_built_from_everything_that_a_service_is_compiled_from()
    {
        var dockerfile = File.ReadAllText(Path.Combine(s_root, "services/Dockerfile"));
        var projects = Directory.GetFiles(Path.Combine(s_root, "services"), "*.csproj", SearchOption.AllDirectories)
            .Where(path => path.EndsWith("WebConsole.csproj", StringComparison.Ordinal) || Manifests.Services.Contains(Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase));

        var sources = projects.SelectMany(path => XDocument.Load(path).Descendants())
            .Where(element => element.Name.LocalName is "ProjectReference" or "Compile")
            .Select(element => element.Attribute("Include")!.Value)
            .Where(include => include.StartsWith("../", StringComparison.Ordinal))
            // protos is beside services.
            .Select(include => include.StartsWith("../../", StringComparison.Ordinal) ? include[6..] : $"services/{include[3..]}");

        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.Contains($"COPY {source}", dockerfile, StringComparison.Ordinal));
    }
}
