using System.Diagnostics;
using TagSegments.Kubernetes.Cluster;
using TagSegments.Kubernetes.Overlays;
using TagSegments.Kubernetes.Stages;
using TagSegments.Testing;

namespace TagSegments.Kubernetes;

/// <summary>
/// Runs an overlay on this machine without a cluster. <c>--mutant NAME|all</c> breaks the manifests first and expects the run to find it.
/// Needs root on Linux.
/// </summary>
internal static class KubernetesProgram
{
    private const string Inside = "--inside";
    private const string Packages = "iproute2 nftables dnsmasq-base postgresql redis-server python3-aiosmtpd";
    private static readonly string[] s_programs = ["ip", "nft", "dnsmasq", "redis-server", "aiosmtpd", "kubectl"];

    public static async Task<int> RunAsync(string[] args) => args switch
    {
        [] => Enter("local"),
        ["local" or "production"] => Enter(args[0]),
        ["--mutant", "all"] => Mutants.All.Sum(Find) == 0 ? 0 : 1,
        ["--mutant", var name] when Mutants.All.FirstOrDefault(mutant => mutant.Name == name) is { } mutant => Find(mutant),
        [Inside, var overlay] => await RunInsideAsync(overlay, null),
        [Inside, var overlay, var name] => await RunInsideAsync(overlay, Mutants.All.Single(mutant => mutant.Name == name)),
        [Image.IdentityProvider] => await IdentityProvider.RunAsync(),
        _ => Usage(),
    };

    // Processes, mounts and networks of its own, which end with it: nothing stays on the machine, however this ends.
    private static int Enter(params string[] arguments)
    {
        if (Missing() is { Count: > 0 } missing)
        {
            Console.Error.WriteLine($"Not installed: {string.Join(", ", missing)}. On Debian: apt-get install {Packages}, and kubectl.");
            return 2;
        }

        Manifests.Run("dotnet", "publish", Path.Combine(Repository.Root, "services/WebConsole"), "-c", "Release", "--no-build", "-v", "quiet", "-o", Image.PublishedConsole);
        string[] own = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", Environment.ProcessPath!, Inside];
        using var process = Process.Start(new ProcessStartInfo("unshare", [.. own, .. arguments]))!;
        process.WaitForExit();
        if (Directory.Exists(PodScript.Groups))
            Manifests.Run("find", PodScript.Groups, "-depth", "-type", "d", "-delete");
        return process.ExitCode;
    }

    private static List<string> Missing() =>
        [.. s_programs.Where(program => !Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, program))))];

    private static int Find(Mutant mutant)
    {
        Console.WriteLine($"=== {mutant.Name}");
        return Enter(mutant.Overlay, mutant.Name);
    }

    private static async Task<int> RunInsideAsync(string overlay, Mutant? mutant)
    {
        Directory.CreateDirectory("/run/netns");
        foreach (var folder in new[] { "/mnt", "/run/netns" })
            Manifests.Run("mount", "-t", "tmpfs", "tmpfs", folder);
        if (Directory.Exists(Path.GetDirectoryName(PodScript.Groups)))
            Directory.CreateDirectory(PodScript.Groups);
        var breakOnPurpose = mutant?.Break ?? (_ => { });
        var stage = overlay == "production" ? ProductionStage.Create(breakOnPurpose) : LocalStage.Create(breakOnPurpose);
        using var installation = new Installation(stage.Objects);
        try
        {
            await installation.StartAsync();
            await installation.RequireAsync(stage.StartMainJob(installation));
            await stage.RequireConsoleAsync(installation);
            installation.RequireExactly(stage.Needed);
            await installation.RequireReadinessToFollowTheDatabaseAsync();
        }
        catch (ClusterException e)
        {
            var finding = e.Message.Split('\n').FirstOrDefault(line => mutant is not null && line.Contains(mutant.Finding, StringComparison.Ordinal));
            Console.WriteLine(finding is null ? $"FAILED: {e.Message}" : $"found: {finding}");
            return finding is null ? 1 : 0;
        }

        Console.WriteLine(mutant is null ? $"The overlay {overlay} works." : "NOT FOUND");
        return mutant is null ? 0 : 1;
    }

    private static int Usage()
    {
        Console.Error.WriteLine($"Usage: Kubernetes [local|production] [--mutant {string.Join('|', Mutants.All.Select(mutant => mutant.Name))}|all]");
        return 2;
    }
}
