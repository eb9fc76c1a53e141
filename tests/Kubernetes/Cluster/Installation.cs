using k8s.Models;
using TagSegments.Embedded.Postgres;
using TagSegments.Kubernetes.Overlays;

namespace TagSegments.Kubernetes.Cluster;

/// <summary>
/// The manifests of an overlay, running: every pod a process with its own command, environment, user, limits and probes, in a network where only
/// the ways of the policies are open. It comes up in the order of <c>k8s/deploy.sh</c>.
/// </summary>
internal sealed class Installation(IReadOnlyCollection<object> objects) : IDisposable
{
    private const string Own = "tagsegments";
    private readonly List<Pod> _pods = [.. Pod.Of(objects), .. Namespaces.Visitors];
    private readonly List<PodProcess> _running = [];
    private readonly PodEnvironment _environment = new(objects);
    private readonly Network _network = new();

    /// <summary>The pods of the four services.</summary>
    public IEnumerable<Pod> Services => _pods.Where(pod => pod.IsService);

    /// <summary>The pod of the console.</summary>
    public Pod Console => _pods.Single(pod => pod.IsConsole);

    /// <summary>Starts everything.</summary>
    public async Task StartAsync()
    {
        _network.Create(_pods, [.. objects.OfType<V1NetworkPolicy>()]);
        var workloads = _pods.Where(pod => pod.Spec is not null).ToLookup(pod => pod.IsService ? "service" : pod.IsConsole ? "console" : pod.Spec!.RestartPolicy == "OnFailure" ? "job" : "server");
        await RollOutAsync(workloads["server"]);
        System.Console.WriteLine("  what the services depend on is ready");
        await Task.WhenAll(workloads["job"].Select(MigrateAsync));
        System.Console.WriteLine("  the migrations are done");
        await RollOutAsync(workloads["service"]);
        System.Console.WriteLine("  the services are ready");
        await RollOutAsync(workloads["console"]);
        System.Console.WriteLine("  the console is ready");
    }

    /// <summary>The pod of one of the visitors.</summary>
    public Pod Visitor(string name) => _pods.Single(pod => pod.App == name);

    /// <summary>Waits until the main job has done its checks.</summary>
    public async Task RequireAsync(ChildProcess job)
    {
        await job.Exited;
        if (job.ExitCode != 0)
            throw new ClusterException($"the main job failed: {job.RecentOutput}\n{string.Join('\n', _running.SelectMany(Warnings))}");
        System.Console.WriteLine($"  the main job: {job.RecentOutput.Split('\n').Last(line => line.Length > 0)}");
    }

    /// <summary>Stops the database where it is: then no service gets calls, none is restarted, and all come back by themselves.</summary>
    public async Task RequireReadinessToFollowTheDatabaseAsync()
    {
        var database = _running.Single(pod => pod.Pod.App == "postgres");
        var services = _running.Where(pod => pod.Pod.IsService).ToList();
        database.Signal("STOP");
        await Task.WhenAll(services.Select(pod => pod.RequireReadinessAsync(false)));
        await Task.WhenAll(_running.Where(pod => pod.Pod.IsService || pod.Pod.IsConsole).Select(pod => pod.RequireLifeAsync()));
        database.Signal("CONT");
        await Task.WhenAll(services.Select(pod => pod.RequireReadinessAsync(true)));
        System.Console.WriteLine("  without the database no service is ready, and all live; with it they are ready again");
    }

    /// <summary>Tries every connection from and to the pods of the installation: exactly those are open that somebody needs.</summary>
    public void RequireExactly(IEnumerable<Way> needed)
    {
        var one = _pods.DistinctBy(pod => pod.App).ToList();
        var all =
            from @from in one
            from to in one
            where @from != to && (@from.Namespace == Own || to.Namespace == Own)
            from port in to.Ports
            select (Way: new Way(@from.App, to.App, port), From: @from, To: to);
        var open = all.AsParallel().WithDegreeOfParallelism(4).Where(way => Network.IsOpen(way.From, way.To, way.Way.Port)).Select(way => way.Way).ToHashSet();
        var wanted = needed.ToHashSet();
        // A job that is done has no port, and no way leads to it.
        if (open.Except(wanted).FirstOrDefault() is { } surplus)
            throw new ClusterException($"{surplus.From} reaches {surplus.To}:{surplus.Port}, which it does not need.");
        if (wanted.Except(open).FirstOrDefault() is { } missing)
            throw new ClusterException($"{missing.From} does not reach {missing.To}:{missing.Port}.");
        System.Console.WriteLine($"  {all.Count()} ways were tried: the {open.Count} that are needed are open, and no other");
    }

    public void Dispose() => _network.Dispose();

    private async Task RollOutAsync(IEnumerable<Pod> pods)
    {
        var started = pods.Select(Start).ToList();
        await Task.WhenAll(started.Select(pod => pod.WaitUntilReadyAsync()));
        _running.AddRange(started);
        _network.Publish(objects.OfType<V1Service>(), [.. _running.Select(pod => pod.Pod)]);
    }

    private async Task MigrateAsync(Pod pod)
    {
        // As a job does after a failure; the names of what it needs may be new.
        for (var i = 0; i < 3; i++)
        {
            var job = Start(pod);
            if (await job.EndedWellAsync())
                return;
            if (i == 2)
                throw new ClusterException($"{pod.Name} failed: {job.Output}");
        }
    }

    private static IEnumerable<string> Warnings(PodProcess pod) =>
        pod.Output.Split('\n').Where(line => line.Contains("\"Warning\"", StringComparison.Ordinal) || line.Contains("\"Error\"", StringComparison.Ordinal)).Select(line => $"{pod.Pod.Name}: {line}");

    private PodProcess Start(Pod pod) => new(pod, PodScript.Write(pod, _environment));
}
