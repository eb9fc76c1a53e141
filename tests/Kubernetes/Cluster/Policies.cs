using k8s.Models;

namespace TagSegments.Kubernetes.Cluster;

/// <summary>Turns network policies into rules of nftables for a pod, as a network plugin does. What no policy allows is answered by a reset.</summary>
internal static class Policies
{
    private const string Refused = "meta l4proto tcp reject with tcp reset; reject;";

    /// <summary>Writes the rules of a pod.</summary>
    public static string RulesOf(Pod pod, IReadOnlyCollection<Pod> all, IEnumerable<V1NetworkPolicy> policies, string node)
    {
        var mine = policies.Where(policy => policy.Metadata.NamespaceProperty == pod.Namespace && Matches(policy.Spec.PodSelector, pod.Labels)).ToList();
        var ingress = mine.Where(policy => policy.Spec.PolicyTypes.Contains("Ingress")).ToList();
        var egress = mine.Where(policy => policy.Spec.PolicyTypes.Contains("Egress")).ToList();
        // Probes of the node always pass.
        return $$"""
            table inet pod {
              chain ingress {
                type filter hook input priority 0; ct state established,related accept; iif lo accept; ip saddr {{node}} accept;
                {{string.Concat(ingress.SelectMany(policy => (policy.Spec.Ingress ?? []).SelectMany(rule => Allow("saddr", Peers(rule.FromProperty, policy, all), rule.Ports))))}}
                {{(ingress.Count > 0 ? Refused : "")}}
              }
              chain egress {
                type filter hook output priority 0; ct state established,related accept; oif lo accept;
                {{string.Concat(egress.SelectMany(policy => (policy.Spec.Egress ?? []).SelectMany(rule => Allow("daddr", Peers(rule.To, policy, all), rule.Ports))))}}
                {{(egress.Count > 0 ? Refused : "")}}
              }
            }
            """;
    }

    /// <summary>Returns whether a selector selects something with these labels; an empty selector selects everything.</summary>
    public static bool Matches(V1LabelSelector selector, IDictionary<string, string> labels) =>
        (selector.MatchLabels ?? new Dictionary<string, string>()).All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value)
        && (selector.MatchExpressions ?? []).All(expression => expression.OperatorProperty switch
        {
            "In" => labels.TryGetValue(expression.Key, out var value) && expression.Values.Contains(value),
            "Exists" => labels.ContainsKey(expression.Key),
            _ => throw new ClusterException($"The operator {expression.OperatorProperty} is not used here."),
        });

    // Each peer is a condition on addresses, written with $ for the direction. No peers at all are everybody.
    private static List<string> Peers(IList<V1NetworkPolicyPeer>? peers, V1NetworkPolicy policy, IReadOnlyCollection<Pod> all)
    {
        if (peers is null or [])
            return [""];
        var pods = peers.Where(peer => peer.IpBlock is null).SelectMany(peer => all.Where(pod => Selects(peer, policy, pod))).Select(pod => pod.Address).Distinct().ToList();
        var blocks = peers.Select(peer => peer.IpBlock).OfType<V1IPBlock>().Select(Block);
        return [.. pods.Count > 0 ? [$"ip $ {{ {string.Join(", ", pods)} }}"] : Array.Empty<string>(), .. blocks];
    }

    private static bool Selects(V1NetworkPolicyPeer peer, V1NetworkPolicy policy, Pod pod) =>
        (peer.NamespaceSelector is { } selector ? Matches(selector, Namespaces.LabelsOf(pod.Namespace)) : pod.Namespace == policy.Metadata.NamespaceProperty)
        && (peer.PodSelector is null || Matches(peer.PodSelector, pod.Labels));

    private static string Block(V1IPBlock block)
    {
        var family = block.Cidr.Contains(':', StringComparison.Ordinal) ? "ip6" : "ip";
        var except = block.Except is { Count: > 0 } networks ? $" {family} $ != {{ {string.Join(", ", networks)} }}" : "";
        // nftables has no network of everything.
        return $"{(block.Cidr == "0.0.0.0/0" ? "meta nfproto ipv4" : $"{family} $ {block.Cidr}")}{except}";
    }

    private static IEnumerable<string> Allow(string direction, List<string> peers, IList<V1NetworkPolicyPort>? ports) =>
        from peer in peers
        from port in ports ?? []
        select $"{peer.Replace("$", direction, StringComparison.Ordinal)} {Match(port)} accept;\n";

    private static string Match(V1NetworkPolicyPort port) =>
        $"{port.Protocol.ToLowerInvariant()} dport {port.Port.Value}{(port.EndPort is { } end ? $"-{end}" : "")}";
}
