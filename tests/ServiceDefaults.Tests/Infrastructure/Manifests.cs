using System.ComponentModel;
using System.Diagnostics;
using k8s;
using k8s.Models;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

/// <summary>Reads the manifests of <c>k8s/</c>.</summary>
internal static class Manifests
{
    private static readonly Lazy<string> s_withSecrets = new(CopyWithSecrets);
    private static readonly Lazy<bool> s_hasKubectl = new(FindKubectl);

    public static string[] Services { get; } = ["tags", "segments", "campaigns", "workflows"];

    /// <summary>A copy of the repository's manifests, with secrets made.</summary>
    public static string WithSecrets => s_withSecrets.Value;

    public static bool HasKubectl => s_hasKubectl.Value;

    public static V1PodSpec? PodOf(object resource) => resource switch
    {
        V1Deployment deployment => deployment.Spec.Template.Spec,
        V1StatefulSet set => set.Spec.Template.Spec,
        V1Job job => job.Spec.Template.Spec,
        _ => null,
    };

    public static IEnumerable<string> Named<T>(IEnumerable<object> objects)
        where T : IKubernetesObject<V1ObjectMeta> => objects.OfType<T>().Select(item => item.Metadata.Name);

    // As kustomize renders it; on a machine without kubectl, the files that it would combine, with the services' names filled in.
    public static List<object> Load(string folder)
    {
        var path = Path.Combine(Repository.Root, folder);
        return HasKubectl
            ? KubernetesYaml.LoadAllFromString(Kubectl("kustomize", Path.Combine(WithSecrets, folder)), strict: true)
            : [.. Files(path).SelectMany(text => KubernetesYaml.LoadAllFromString(text, strict: true))];
    }

    // A copy of the manifests with secrets made, as before they are applied.
    private static string CopyWithSecrets()
    {
        var copy = Directory.CreateTempSubdirectory("tagsegments_manifests_").FullName;
        Run("cp", "-r", Path.Combine(Repository.Root, "k8s"), copy);
        Run(Path.Combine(Repository.Root, "k8s/make-secrets.sh"), Path.Combine(copy, "k8s/overlays/local/secrets"));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(copy, recursive: true);
        return copy;
    }

    private static IEnumerable<string> Files(string path)
    {
        var shared = FilesIn(Path.Combine(Repository.Root, "k8s/service"));
        var own = path.EndsWith("base", StringComparison.Ordinal) ? [] : FilesIn(path);
        return
        [
            .. own,
            .. FilesIn(Path.Combine(Repository.Root, "k8s/base")),
            .. Services.SelectMany(service => shared.Select(text => text.Replace("service-name", service, StringComparison.Ordinal))),
        ];
    }

    private static List<string> FilesIn(string path) =>
        [.. Directory.GetFiles(path, "*.yaml").Where(file => Path.GetFileName(file) != "kustomization.yaml").Select(File.ReadAllText)];

    private static bool FindKubectl()
    {
        try
        {
            return Kubectl("version", "--client").Length > 0;
        }
        catch (Win32Exception)
        {
            // Not installed.
            return false;
        }
    }

    public static string Kubectl(params string[] arguments) => Run("kubectl", arguments);

    /// <summary>Runs a program that must succeed, and returns what it prints.</summary>
    public static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }
}
