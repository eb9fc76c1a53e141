using k8s.Models;
using TagSegments.Embedded.Postgres;
using TagSegments.Kubernetes.Overlays;

namespace TagSegments.Kubernetes.Cluster;

/// <summary>A pod that runs.</summary>
internal sealed class PodProcess(Pod pod, string script)
{
    private static readonly HttpClient s_http = new();
    private readonly ChildProcess _process = ChildProcess.Start([.. Network.Inside(pod), "unshare", "--mount", "--propagation", "private", "bash", script], new Dictionary<string, string>());

    public Pod Pod => pod;

    public string Output => _process.RecentOutput;

    public bool HasEnded => _process.Exited.IsCompleted;

    /// <summary>Waits until the pod is started and ready, as the kubelet finds out by its probes.</summary>
    public async Task WaitUntilReadyAsync()
    {
        await PassAsync(pod.Container.StartupProbe, "start");
        await PassAsync(pod.Container.ReadinessProbe, "be ready");
    }

    /// <summary>Asks the pod whether it lives.</summary>
    public async Task RequireLifeAsync()
    {
        if (HasEnded || (pod.Container.LivenessProbe is { } probe && !await PassesAsync(probe)))
            throw new ClusterException($"{pod.Name} would be restarted. {Output}");
    }

    /// <summary>Waits until the pod gets calls, or gets none.</summary>
    public async Task RequireReadinessAsync(bool isReady)
    {
        for (var i = 0; await PassesAsync(pod.Container.ReadinessProbe) != isReady; i++)
        {
            if (i == 40)
                throw new ClusterException($"{pod.Name} is {(isReady ? "not ready" : "ready without a database")}.");
            await Task.Delay(500);
        }
    }

    /// <summary>Sends a signal to every process of the pod.</summary>
    public void Signal(string name) => Manifests.Run("bash", "-c", $"kill -{name} $(ip netns pids {pod.Name})");

    /// <summary>Waits until the program has done what it was for.</summary>
    public async Task<bool> EndedWellAsync()
    {
        await _process.Exited;
        return _process.ExitCode == 0;
    }

    private async Task PassAsync(V1Probe? probe, string purpose)
    {
        // A cluster would go on for longer; nothing here needs more than half a minute.
        for (var i = 0; probe is not null && !await PassesAsync(probe); i++)
        {
            if (HasEnded)
                throw new ClusterException($"{pod.Name} ended by itself: {Output}");
            if (i == 60)
                throw new ClusterException($"{pod.Name} did not {purpose}. {Output}");
            await Task.Delay(500);
        }
    }

    private async Task<bool> PassesAsync(V1Probe probe)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(probe.TimeoutSeconds ?? 1));
        try
        {
            if (probe.HttpGet is { } get)
                return (await s_http.GetAsync(new Uri($"http://{pod.Address}:{pod.Port(get.Port)}{get.Path}"), patience.Token)).IsSuccessStatusCode;
            if (probe.Exec is { } command)
                return await ExecuteAsync(command.Command);
            using var connection = new System.Net.Sockets.TcpClient();
            await connection.ConnectAsync(pod.Address, pod.Port(probe.TcpSocket.Port), patience.Token);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    // In the container, with its environment and user.
    private async Task<bool> ExecuteAsync(IEnumerable<string> command)
    {
        var variables = await File.ReadAllTextAsync($"/proc/{_process.Id}/environ");
        var probe = ChildProcess.Start(
            [
                "nsenter", $"--target={_process.Id}", "--mount", "--net", "--root", $"--setuid={pod.Spec!.SecurityContext.RunAsUser}",
                $"--setgid={pod.Spec.SecurityContext.RunAsGroup}", "env", "-i", .. variables.Split('\0', StringSplitOptions.RemoveEmptyEntries), .. command,
            ],
            new Dictionary<string, string>());
        await probe.Exited;
        return probe.ExitCode == 0;
    }
}
