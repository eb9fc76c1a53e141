using System.Text.RegularExpressions;
using Crm.Accounts.V1;
using Grpc.Core;
using k8s.Models;
using Microsoft.Extensions.Configuration;
using TagSegments.Kubernetes.Overlays;
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
    [InlineData("k8s/overlays/production")]
    public void Finding_20_Operators_have_a_port_of_their_own_and_only_campaigns_a_public_one(string folder)
    {
        var objects = Manifests.Load(folder);
        var services = Manifests.ServicesIn(objects);

        Assert.All(services.Values, template =>
        {
            var container = template.Spec.Containers[0];
            Assert.Equal("9090", template.Metadata.Annotations["prometheus.io/port"]);
            Assert.Contains(container.Ports, port => port is { Name: "management", ContainerPort: 9090 });
            Assert.All([container.StartupProbe, container.ReadinessProbe, container.LivenessProbe], probe => Assert.Equal("management", probe.HttpGet.Port.Value));
        });
        if (Manifests.HasKubectl)
        {
            Assert.Equal(["campaigns"], services.Where(service => service.Value.Spec.Containers[0].Ports.Any(port => port.Name == "http")).Select(service => service.Key));
            Assert.All(
                objects.OfType<V1Service>().Where(service => service.Spec.Ports.Any(port => port.Name == "http")),
                service => Assert.Contains(service.Spec.Selector["app.kubernetes.io/name"], new[] { "campaigns", Manifests.Console }));
        }
    }

    [Theory]
    [InlineData("k8s/base", "false")]
    [InlineData("k8s/overlays/local", "true")]
    public void Services_start_with_the_settings_that_they_share(string folder, string reflection)
    {
        var settings = Settings(Manifests.Load(folder));

        Assert.Equal(Manifests.HasKubectl ? reflection : "false", settings["Grpc:Reflection"]);
        settings["Postgres:ConnectionString"] = "Host=postgres";
        settings["Redis:ConnectionString"] = "redis:6379";
        settings["Grpc:Address"] = settings["Http:Address"] = settings["Management:Address"] = "http://0.0.0.0:80";
        ClearText.Refuse(settings);
    }

    [Fact]
    public void Finding_6_In_production_calls_are_encrypted_and_clear_text_is_allowed_for_nothing_but_probes_and_the_ingress()
    {
        if (!Manifests.HasKubectl)
        {
            return;
        }

        var objects = Manifests.Load("k8s/overlays/production");
        var certificates = objects.OfType<Certificate>().ToDictionary(certificate => certificate.Spec.SecretName);

        Assert.All(Manifests.ServicesIn(objects), service =>
        {
            Assert.StartsWith("https://0.0.0.0:510", service.Value.Spec.Containers[0].Env.Single(env => env.Name == "Grpc__Address").Value, StringComparison.Ordinal);
            Assert.True(service.Value.Spec.Volumes.Single(volume => volume.Name == "tls").Secret is { Optional: false } secret && secret.SecretName == $"{service.Key}-tls");
            Assert.Contains(service.Key, certificates[$"{service.Key}-tls"].Spec.DnsNames);
            Assert.DoesNotContain(service.Value.Spec.Containers[0].Env, env => env.Name == "Auth__SigningKey");
        });
        Assert.Equal("tagsegments", objects.OfType<Issuer>().Single(issuer => issuer.Spec.Ca is not null).Metadata.Name);
        var settings = Settings(objects);
        settings["Postgres:ConnectionString"] = "Host=postgres.example.com;SSL Mode=VerifyFull;Root Certificate=/authorities/postgres.crt";
        settings["Redis:ConnectionString"] = "redis.example.com:6380,ssl=true,password=secret";
        ClearText.Refuse(settings);
        settings["Services:Tags"] = "dns:///tags:5101";
        Assert.Throws<InvalidOperationException>(() => ClearText.Refuse(settings));
    }

    [Fact]
    public void Only_links_and_webhooks_come_from_the_Internet()
    {
        if (!Manifests.HasKubectl)
        {
            return;
        }

        var objects = Manifests.Load("k8s/overlays/production");
        var ingress = Assert.Single(objects.OfType<V1Ingress>()).Spec;
        var backend = Assert.Single(Assert.Single(ingress.Rules).Http.Paths).Backend.Service;
        var service = objects.OfType<V1Service>().Single(one => one.Metadata.Name == backend.Name);

        Assert.Equal(ingress.Rules.Select(rule => rule.Host), ingress.Tls.SelectMany(tls => tls.Hosts));
        Assert.Equal((8080, "http"), (service.Spec.Ports.Single(port => port.Name == backend.Port.Name).Port, service.Spec.Ports[0].TargetPort.Value));
        Assert.Equal("campaigns", service.Spec.Selector["app.kubernetes.io/name"]);
        Assert.Equal($"https://{ingress.Rules[0].Host}", Settings(objects)["Tracking:BaseUrl"]);
    }

    [Fact]
    public void The_console_is_reached_from_the_Internet_by_choice_only_and_by_one_name()
    {
        if (!Manifests.HasKubectl)
        {
            return;
        }

        Assert.DoesNotContain(Manifests.Console, Manifests.Named<V1Ingress>(Manifests.Load("k8s/overlays/production")));
        var objects = Manifests.Load("k8s/overlays/open");
        var ingress = objects.OfType<V1Ingress>().Single(one => one.Metadata.Name == Manifests.Console).Spec;
        var backend = Assert.Single(Assert.Single(ingress.Rules).Http.Paths).Backend.Service;
        var service = objects.OfType<V1Service>().Single(one => one.Metadata.Name == backend.Name);
        var console = objects.OfType<V1Deployment>().Single(one => one.Metadata.Name == Manifests.Console).Spec.Template.Spec.Containers[0];

        Assert.Equal(ingress.Rules.Select(rule => rule.Host), ingress.Tls.SelectMany(tls => tls.Hosts));
        Assert.Equal(console.Env.Single(env => env.Name == "AllowedHosts").Value, ingress.Rules[0].Host);
        Assert.Equal(console.Ports.Single(port => port.Name == service.Spec.Ports.Single(one => one.Name == backend.Port.Name).TargetPort.Value).ContainerPort, service.Spec.Ports[0].Port);
        var door = objects.OfType<V1NetworkPolicy>().Single(one => one.Metadata.Name == "console-from-ingress").Spec;
        Assert.Equal(service.Spec.Ports[0].Port, int.Parse(Assert.Single(Assert.Single(door.Ingress).Ports).Port.Value, null));
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
