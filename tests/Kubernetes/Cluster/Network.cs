using System.Net;
using System.Net.Sockets;
using k8s.Models;
using TagSegments.Embedded.Postgres;
using TagSegments.Kubernetes.Overlays;

namespace TagSegments.Kubernetes.Cluster;

/// <summary>A network in which each pod has an address and an end of its own, with the rules of its policies. This process is the node.</summary>
internal sealed class Network : IDisposable
{
    private const string Node = "10.244.0.1";
    private const string Suffix = "tagsegments.svc.cluster.local";

    private readonly string _hosts = $"{PodScript.Folder}/endpoints";
    private ChildProcess? _dns;

    /// <summary>Makes the network of all pods.</summary>
    public void Create(IReadOnlyCollection<Pod> pods, IReadOnlyCollection<V1NetworkPolicy> policies)
    {
        Run("ip", "link", "set", "lo", "up");
        Run("ip", "link", "add", "pods", "type", "bridge");
        Run("ip", "address", "add", $"{Node}/16", "dev", "pods");
        Run("ip", "link", "set", "pods", "up");
        Run("ip", "route", "add", "default", "dev", "pods");
        foreach (var pod in pods)
            Add(pod, Policies.RulesOf(pod, pods, policies, Node));
        Directory.CreateDirectory(PodScript.Folder);
        var dns = pods.Single(pod => pod.App == "dns");
        File.WriteAllText($"{PodScript.Folder}/resolv.conf", $"nameserver {dns.Address}\nsearch {Suffix} svc.cluster.local cluster.local\noptions ndots:5 timeout:1 attempts:2\n");
        Publish([], []);
        _dns = ChildProcess.Start(
            [.. Inside(dns), "dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts", "--local=/cluster.local/", $"--addn-hosts={_hosts}", "--user=root", "--pid-file=", "--log-facility=-"],
            new Dictionary<string, string>());
    }

    /// <summary>Lets names lead to the pods that are ready: a service has the addresses of the pods that it selects.</summary>
    public void Publish(IEnumerable<V1Service> services, IReadOnlyCollection<Pod> ready)
    {
        var lines =
            from service in services
            from pod in ready
            where pod.Namespace == service.Metadata.NamespaceProperty && service.Spec.Selector.All(pair => pod.Labels.TryGetValue(pair.Key, out var value) && value == pair.Value)
            select $"{Checked(service, pod).Address} {service.Metadata.Name}.{Suffix}";
        File.WriteAllLines(_hosts, lines.Concat(ready.Where(pod => pod.Host.Length > 0).Select(pod => $"{pod.Address} {pod.Host}")));
        // SIGHUP: read them again.
        _dns?.Send(1);
    }

    /// <summary>The command that runs another one at the place of a pod.</summary>
    public static string[] Inside(Pod pod) => ["nsenter", $"--net=/run/netns/{pod.Name}"];

    /// <summary>Tries a connection from one pod to another.</summary>
    public static bool IsOpen(Pod from, Pod to, int port)
    {
        var probe = ChildProcess.Start([.. Inside(from), "timeout", "2", "bash", "-c", $"</dev/tcp/{to.Address}/{port}"], new Dictionary<string, string>());
        probe.Exited.Wait();
        return probe.ExitCode == 0;
    }

    /// <summary>Forwards a port of this machine to a pod, as <c>kubectl port-forward</c> does.</summary>
    public static async Task ForwardAsync(int port, Pod pod)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        while (true)
            _ = PipeAsync(await listener.AcceptTcpClientAsync(), pod.Address, port);
    }

    public void Dispose() => _dns?.Kill();

    private static void Add(Pod pod, string rules)
    {
        Run("ip", "netns", "add", pod.Name);
        Run("ip", "link", "add", $"pod{pod.Number}", "type", "veth", "peer", "name", "eth0", "netns", pod.Name);
        Run("ip", "link", "set", $"pod{pod.Number}", "master", "pods", "up");
        string[][] commands =
        [
            ["ip", "link", "set", "lo", "up"],
            ["ip", "address", "add", $"{pod.Address}/16", "dev", "eth0"],
            ["ip", "link", "set", "eth0", "up"],
            // Everything is on one wire: in the network of pods, and the addresses outside of the cluster.
            ["ip", "route", "replace", "default", "dev", "eth0"],
            ["sysctl", "--quiet", "--write", "net.ipv4.ip_unprivileged_port_start=0"],
            ["nft", "--file", Save(pod, rules)],
        ];
        foreach (var command in commands)
            Run("nsenter", [.. Inside(pod).Skip(1), .. command]);
    }

    private static string Save(Pod pod, string rules)
    {
        var folder = Directory.CreateDirectory($"{PodScript.Folder}/{pod.Name}");
        File.WriteAllText($"{folder}/rules.nft", rules);
        return $"{folder}/rules.nft";
    }

    // There is no proxy here that would lead one port to another.
    private static Pod Checked(V1Service service, Pod pod) => service.Spec.Ports.All(port => pod.Port(port.TargetPort ?? port.Port) == port.Port)
        ? pod
        : throw new ClusterException($"The service {service.Metadata.Name} has other ports than its pods.");

    private static async Task PipeAsync(TcpClient client, string address, int port)
    {
        using var server = new TcpClient();
        using (client)
        {
            await server.ConnectAsync(address, port);
            await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client.GetStream()));
        }
    }

    private static void Run(string program, params string[] arguments) => Manifests.Run(program, arguments);
}
