using System.Text.RegularExpressions;
using Crm.Accounts.V1;
using Grpc.Core;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Configuration;
using TagSegments.ServiceDefaults.Network;
using TagSegments.Testing;
using TagSegments.Testing.Tls;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

/// <summary>Findings 6, 20 and 26 of the security review, as the manifests answer them: what is encrypted, what is open, and to whom.</summary>
public sealed partial class ManifestSecurityTests
{
    // Finding 20 of the security review: metrics and health were at the public port.
    [Theory]
    [InlineData("k8s/base")]
    [InlineData("k8s/overlays/local")]
    public void Finding_20_Operators_have_a_port_of_their_own_and_only_campaigns_a_public_one(string folder)
    {
        var objects = Manifests.Load(folder);
        var deployments = objects.OfType<V1Deployment>().Where(deployment => Manifests.Services.Contains(deployment.Metadata.Name)).ToList();

        Assert.All(deployments, deployment =>
        {
            var container = deployment.Spec.Template.Spec.Containers[0];
            Assert.Equal("9090", deployment.Spec.Template.Metadata.Annotations["prometheus.io/port"]);
            Assert.Contains(container.Ports, port => port is { Name: "management", ContainerPort: 9090 });
            Assert.All([container.StartupProbe, container.ReadinessProbe, container.LivenessProbe], probe => Assert.Equal("management", probe.HttpGet.Port.Value));
        });
        if (Manifests.HasKubectl)
        {
            Assert.Equal(["campaigns"], PublicOnes(deployments.Select(deployment => (deployment.Metadata.Name, deployment.Spec.Template.Spec.Containers[0].Ports.Select(port => port.Name)))));
            Assert.Equal(["campaigns"], PublicOnes(objects.OfType<V1Service>().Select(service => (service.Metadata.Name, service.Spec.Ports.Select(port => port.Name)))));
        }

        static IEnumerable<string> PublicOnes(IEnumerable<(string Name, IEnumerable<string> Ports)> all) => all.Where(one => one.Ports.Contains("http")).Select(one => one.Name);
    }

    [Theory]
    [InlineData("k8s/base", "false")]
    [InlineData("k8s/overlays/local", "true")]
    public void Services_start_with_the_settings_that_they_share(string folder, string reflection)
    {
        var settings = Settings(Manifests.Load(folder));

        Assert.Equal(Manifests.HasKubectl ? reflection : "false", settings["Grpc:Reflection"]);
        settings["Postgres:ConnectionString"] = "Host=postgres";
        settings["Grpc:Address"] = settings["Http:Address"] = settings["Management:Address"] = "http://0.0.0.0:80";
        ClearText.Refuse(settings);
    }

    [Fact]
    public void Finding_6_With_the_component_calls_are_encrypted_and_clear_text_between_services_is_not_allowed()
    {
        if (!Manifests.HasKubectl)
        {
            return;
        }

        var folder = Path.Combine(Manifests.WithSecrets, "k8s/overlays/encrypted");
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, "kustomization.yaml"),
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../../base]\ncomponents: [../../tls]\n");
        var texts = Manifests.Kubectl("kustomize", folder).Split("\n---\n").ToLookup(text => text.Contains("kind: Certificate", StringComparison.Ordinal));
        var certificates = texts[true].ToList();
        var objects = texts[false].SelectMany(text => KubernetesYaml.LoadAllFromString(text, strict: true)).ToList();

        Assert.Equal(Manifests.Services.Length, certificates.Count);
        Assert.All(objects.OfType<V1Deployment>().Select(deployment => (deployment.Metadata.Name, deployment.Spec.Template.Spec)), service =>
        {
            Assert.StartsWith("https://0.0.0.0:510", service.Spec.Containers[0].Env.Single(env => env.Name == "Grpc__Address").Value, StringComparison.Ordinal);
            Assert.Equal($"{service.Name}-tls", service.Spec.Volumes.Single(volume => volume.Name == "tls").Secret.SecretName);
            Assert.Contains(certificates, text => text.Contains($"secretName: {service.Name}-tls", StringComparison.Ordinal));
        });
        var settings = Settings(objects);
        ClearText.Refuse(settings);
        settings["Services:Tags"] = "dns:///tags:5101";
        Assert.Throws<InvalidOperationException>(() => ClearText.Refuse(settings));
    }

    // Finding 26 of the security review: without authentication, everything was open; the ports on loopback alone saved it.
    [Fact]
    public void Finding_26_Compose_publishes_ports_on_this_machine_only_and_names_what_is_open()
    {
        var compose = File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml"));
        var published = compose.Split('\n').Where(line => line.Contains("ports:", StringComparison.Ordinal)).SelectMany(line => line.Split('"').Where((_, i) => i % 2 == 1)).ToList();

        Assert.NotEmpty(published);
        Assert.All(published, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
        Assert.Contains("Network__ClearText: grpc http management services postgres redis smtp", compose, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finding_26_One_script_makes_compose_ask_for_tokens_and_replaces_every_known_password()
    {
        using var folder = new TestAuthority();
        var file = Path.Combine(folder.Folder, ".env");
        Manifests.Run(Path.Combine(Repository.Root, "k8s/make-compose-env.sh"), file);
        var made = File.ReadLines(file).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        var secrets = Variable().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml")))
            .Select(match => match.Groups[1].Value).Where(name => name.EndsWith("KEY", StringComparison.Ordinal) || name.EndsWith("PASSWORD", StringComparison.Ordinal));
        var token = Manifests.Run(Path.Combine(Repository.Root, "k8s/make-token.sh"), file).Trim();

        Assert.Equal("jwt", made["AUTH_MODE"]);
        Assert.Equal(made.Keys.Where(name => name != "AUTH_MODE").Order(), secrets.Distinct().Order());
        await using var host = await TestHost.StartAsync(
            (request, _) => Task.FromResult(new GetAccountResponse { Account = new() { Name = request.Account } }),
            new() { ["Auth:Mode"] = made["AUTH_MODE"], ["Auth:SigningKey"] = made["SIGNING_KEY"], ["Services:PrivateKey"] = made["TAGS_KEY"] },
            name: "tags");
        await host.Client.GetAccountAsync(new() { Account = "acme" }, new Metadata { { "authorization", $"Bearer {token}" } });
        await Expect.FailureAsync(() => host.Client.GetAccountAsync(new() { Account = "acme" }).ResponseAsync);
    }

    [GeneratedRegex(@"\$\{([A-Z_]+)")]
    private static partial Regex Variable();

    private static IConfigurationRoot Settings(IEnumerable<object> objects)
    {
        var shared = objects.OfType<V1ConfigMap>().First(map => map.Metadata.Name == "tagsegments");
        return new ConfigurationBuilder()
            .AddInMemoryCollection(shared.Data.Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), (string?)pair.Value)))
            .Build();
    }
}
