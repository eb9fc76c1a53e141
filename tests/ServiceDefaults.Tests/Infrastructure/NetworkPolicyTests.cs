using k8s.Models;
using TagSegments.Kubernetes.Cluster;
using TagSegments.Kubernetes.Overlays;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

/// <summary>
/// What the network policies open is what the code needs. <c>tests/Kubernetes</c> tries each way with the services running; this finds what is
/// wrong without them, also for production.
/// </summary>
public sealed class NetworkPolicyTests
{
    [Fact]
    public void The_ways_between_services_are_those_of_the_code()
    {
        var policies = Manifests.Read(string.Join("\n---\n", Manifests.Services.Select(service => $"network/{service}.yaml").Append("console/network.yaml")
                .Select(file => File.ReadAllText(Path.Combine(Manifests.WithSecrets, "base", file)))))
            .OfType<V1NetworkPolicy>().ToList();
        var needed = Ways.BetweenServices().Concat(Ways.FromConsole()).ToHashSet();

        Assert.Equal(9 + 4, needed.Count);
        Assert.Equal(needed, policies.SelectMany(policy => policy.Spec.Egress.SelectMany(rule => rule.To.Where(IsService).Select(peer => new Way(policy.Metadata.Name, NameOf(peer), PortOf(rule.Ports))))).ToHashSet());
        Assert.Equal(needed, policies.SelectMany(policy => (policy.Spec.Ingress ?? []).SelectMany(rule => rule.FromProperty.Where(IsService).Select(peer => new Way(NameOf(peer), policy.Metadata.Name, PortOf(rule.Ports))))).ToHashSet());
    }

    [Theory]
    [InlineData("k8s/overlays/local")]
    [InlineData("k8s/overlays/production")]
    [InlineData("k8s/overlays/open")]
    public void Everything_is_closed_but_what_a_policy_opens_at_a_port(string folder)
    {
        if (!Manifests.HasKubectl)
        {
            return;
        }

        var objects = Manifests.Load(folder);
        var policies = objects.OfType<V1NetworkPolicy>().ToList();
        var pods = Pod.Of(objects);

        var closed = policies.Single(policy => policy.Metadata.Name == "closed").Spec;
        Assert.True(closed is { Ingress: null, Egress: null, PodSelector: { MatchLabels: null, MatchExpressions: null } });
        Assert.Equal(["Ingress", "Egress"], closed.PolicyTypes);
        Assert.All(policies, policy =>
        {
            Assert.Contains(pods, pod => Policies.Matches(policy.Spec.PodSelector, pod.Labels));
            Assert.All(policy.Spec.Ingress ?? [], rule => Assert.True(rule.Ports.All(port => port.Port is not null) && rule.FromProperty is { Count: > 0 }));
            Assert.All(policy.Spec.Egress ?? [], rule => Assert.True(rule.Ports.All(port => port.Port is not null) && rule.To is { Count: > 0 }));
        });
    }

    // The webhooks of accounts must not reach into the cluster, whatever the service itself would allow.
    [Fact]
    public void Only_workflows_and_campaigns_reach_the_Internet_and_no_private_network()
    {
        if (!Manifests.HasKubectl)
        {
            return;
        }

        var open = Manifests.Load("k8s/base").OfType<V1NetworkPolicy>()
            .Select(policy => (policy.Metadata.Name, Blocks: (policy.Spec.Egress ?? []).SelectMany(rule => rule.To).Select(peer => peer.IpBlock).OfType<V1IPBlock>().ToList()))
            .Where(policy => policy.Blocks.Count > 0).ToList();

        Assert.Equal(["campaigns", "workflows"], open.Select(policy => policy.Name).Order());
        Assert.All(open, policy => Assert.Superset(
            new HashSet<string> { "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16" },
            policy.Blocks.Single(block => block.Cidr == "0.0.0.0/0").Except.ToHashSet()));
        Assert.All(open, policy => Assert.Equal("2000::/3", policy.Blocks.Single(block => block.Cidr.Contains(':', StringComparison.Ordinal)).Cidr));
    }

    private static bool IsService(V1NetworkPolicyPeer peer) => peer.PodSelector?.MatchLabels?["app.kubernetes.io/component"] is "service" or "console";

    private static string NameOf(V1NetworkPolicyPeer peer) => peer.PodSelector.MatchLabels["app.kubernetes.io/name"];

    private static int PortOf(IList<V1NetworkPolicyPort> ports) => int.Parse(Assert.Single(ports).Port.Value, null);
}
