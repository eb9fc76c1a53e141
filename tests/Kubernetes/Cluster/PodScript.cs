using System.Globalization;
using k8s.Models;
using TagSegments.Kubernetes.Overlays;

namespace TagSegments.Kubernetes.Cluster;

/// <summary>
/// Writes the script that becomes the process of a pod, as a container engine would start it: a root file system of its own with the volumes of
/// the manifest, its user and groups, no capabilities, its limit of memory.
/// </summary>
internal static class PodScript
{
    /// <summary>The folder of what belongs to the pods.</summary>
    public const string Folder = "/mnt/pods";

    /// <summary>The certificate authorities that every pod trusts, as those of an image.</summary>
    public const string Trusted = "/mnt/trusted";

    /// <summary>The control groups of the pods, of version 1: on a machine with others, the limits of memory are left out.</summary>
    public const string Groups = "/sys/fs/cgroup/memory/tagsegments";

    /// <summary>Writes the script and the files that it mounts, and returns its path.</summary>
    public static string Write(Pod pod, PodEnvironment environment)
    {
        Refuse(pod);
        var folder = $"{Folder}/{pod.Name}";
        var image = Image.Of(pod.Container.Image);
        // A job that failed is started again.
        if (Directory.Exists($"{folder}/app"))
            Directory.Delete($"{folder}/app", recursive: true);
        Directory.CreateDirectory($"{folder}/app");
        if (image.Program is { } program)
            File.CreateSymbolicLink($"{folder}/app/service", $"TagSegments.{program}");
        File.WriteAllText($"{folder}/hosts", $"127.0.0.1 localhost\n{pod.Address} {pod.Name}\n");
        File.WriteAllText($"{folder}/passwd", "root:x:0:0::/:/bin/sh\npostgres:x:999:999::/:/bin/sh\nuser:x:1000:1000::/:/bin/sh\napp:x:1654:1654::/:/bin/sh\n");

        List<string> script = [Root(folder, image)];
        foreach (var volume in pod.Spec!.Volumes ?? [])
            Mount(script, pod, volume, environment);
        foreach (var claim in pod.Claims)
            Claim(script, pod, claim.Metadata.Name);
        if (pod.Container.SecurityContext?.ReadOnlyRootFilesystem == true)
            script.Add("mount -o remount,ro $R");
        script.Add(Start(pod, image, environment));
        File.WriteAllLines($"{folder}/start.sh", script);
        return $"{folder}/start.sh";
    }

    // What the kubelet refuses.
    private static void Refuse(Pod pod)
    {
        if (pod.Spec!.SecurityContext is not { RunAsNonRoot: true, RunAsUser: > 0 })
            throw new ClusterException($"{pod.Name} would run as root.");
    }

    private static string Root(string folder, Image image) =>
        $"""
        set -eu
        R=$(mktemp -d {folder}/root.XXXXXX)
        mount -t tmpfs -o size=4m,mode=755 tmpfs $R
        for name in usr etc sys dev proc; do mkdir $R/$name; mount --rbind /$name $R/$name; done
        for name in bin sbin lib lib64; do ln -s usr/$name $R/$name; done
        mount -o remount,bind,ro $R/usr
        for name in hosts passwd; do mount --bind {folder}/$name $R/etc/$name; done
        mount --bind {Folder}/resolv.conf $R/etc/resolv.conf
        mount --bind {Trusted} $R/etc/ssl/certs
        mkdir $R/app
        mount -t overlay -o lowerdir={folder}/app:{image.Folder} overlay $R/app
        {(image.EntryFile is { } file ? $"cp {file} $R/entry.sh" : "")}
        mkdir -m 1777 $R/tmp

        """;

    private static void Mount(List<string> script, Pod pod, V1Volume volume, PodEnvironment environment)
    {
        if (MountOf(pod, volume.Name) is not { } path)
            return;
        if (volume.EmptyDir is { } empty)
        {
            var size = empty.SizeLimit is { } limit ? $"size={limit.ToDecimal().ToString("0", CultureInfo.InvariantCulture)}," : throw new ClusterException($"{pod.Name}: {volume.Name} has no limit.");
            script.Add(
                $"""
                mkdir -p $R{path}
                mount -t tmpfs -o {size}mode=1777 tmpfs $R{path}
                """);
            return;
        }

        var folder = $"{Folder}/{pod.Name}/{volume.Name}";
        Directory.CreateDirectory(folder);
        foreach (var (name, text) in environment.Files(volume))
            File.WriteAllText($"{folder}/{name}", text);
        var mode = Convert.ToString(volume.Secret?.DefaultMode ?? volume.ConfigMap?.DefaultMode ?? 0x1A4, 8);
        script.Add(
            $$"""
            mkdir -p $R{{path}}
            find {{folder}} -type f -exec chmod {{mode}} {} + -exec chgrp {{FileGroupOf(pod)}} {} +
            mount --bind {{folder}} $R{{path}}
            mount -o remount,bind,ro $R{{path}}
            """);
    }

    // A claimed volume belongs to the group of the pod.
    private static void Claim(List<string> script, Pod pod, string name)
    {
        var path = MountOf(pod, name) ?? throw new ClusterException($"{pod.Name} does not mount {name}.");
        var folder = $"{Folder}/{pod.Name}/{name}";
        script.Add(
            $"""
            mkdir -p {folder} $R{path}
            chgrp {FileGroupOf(pod)} {folder}
            chmod 2775 {folder}
            mount --bind {folder} $R{path}
            """);
    }

    private static long FileGroupOf(Pod pod) => pod.Spec!.SecurityContext.FsGroup ?? 0;

    private static string? MountOf(Pod pod, string volume) => pod.Container.VolumeMounts?.FirstOrDefault(mount => mount.Name == volume)?.MountPath;

    private static string Start(Pod pod, Image image, PodEnvironment environment)
    {
        var variables = environment.Of(pod.Container, image);
        var security = pod.Spec!.SecurityContext;
        var groups = security.FsGroup is { } group ? $"--groups={group}" : "--clear-groups";
        var memory = pod.Container.Resources.Limits["memory"].ToDecimal().ToString("0", CultureInfo.InvariantCulture);
        var command = PodEnvironment.Command(pod.Container, image, variables).Select(Quote);
        return $"""
            if [ -d {Groups} ]; then
              mkdir -p {Groups}/{pod.Name}
              echo {memory} > {Groups}/{pod.Name}/memory.limit_in_bytes
              echo $$ > {Groups}/{pod.Name}/cgroup.procs
            fi
            exec chroot $R setpriv --reuid={security.RunAsUser} --regid={security.RunAsGroup} {groups} --no-new-privs --inh-caps=-all --bounding-set=-all --pdeathsig=KILL -- \
              env -i {string.Join(' ', variables.Select(pair => Quote($"{pair.Key}={pair.Value}")))} {string.Join(' ', command)}
            """;
    }

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
