using System.ComponentModel;
using System.Diagnostics;
using k8s;
using k8s.Models;
using TagSegments.Testing;

namespace TagSegments.Kubernetes.Overlays;

/// <summary>The manifests of <c>k8s/</c> as the API server would read them: strictly typed, an unknown field is an error.</summary>
internal static class Manifests
{
    private static readonly Lazy<string> s_withSecrets = new(CopyWithSecrets);
    private static readonly Lazy<bool> s_hasKubectl = new(FindKubectl);

    private static readonly Dictionary<string, Type> s_certManager = new()
    {
        ["cert-manager.io/v1/Certificate"] = typeof(Certificate),
        ["cert-manager.io/v1/Issuer"] = typeof(Issuer),
    };

    /// <summary>The four services; their ports begin with 5101.</summary>
    public static string[] Services { get; } = ["tags", "segments", "campaigns", "workflows"];

    /// <summary>The web console.</summary>
    public const string Console = "console";

    /// <summary>The console and the services: what is built here. Their ports begin with 5100.</summary>
    public static string[] Programs { get; } = [Console, .. Services];

    /// <summary>A copy of the folder <c>k8s</c>, with secrets made.</summary>
    public static string WithSecrets => s_withSecrets.Value;

    /// <summary>Whether kustomize can render them here.</summary>
    public static bool HasKubectl => s_hasKubectl.Value;

    /// <summary>Gets the pods of a workload; null for what has none.</summary>
    public static V1PodTemplateSpec? TemplateOf(object resource) => resource switch
    {
        V1Deployment deployment => deployment.Spec.Template,
        V1StatefulSet set => set.Spec.Template,
        V1Job job => job.Spec.Template,
        _ => null,
    };

    /// <summary>Gets the workloads that run the four services, by name.</summary>
    public static Dictionary<string, V1PodTemplateSpec> ServicesIn(IEnumerable<object> objects) => objects
        .Where(item => item is V1Deployment or V1StatefulSet && Services.Contains(NameOf(item)))
        .ToDictionary(NameOf, item => TemplateOf(item)!);

    public static string NameOf(object item) => ((IKubernetesObject<V1ObjectMeta>)item).Metadata.Name;

    public static IEnumerable<string> Named<T>(IEnumerable<object> objects)
        where T : IKubernetesObject<V1ObjectMeta> => objects.OfType<T>().Select(item => item.Metadata.Name);

    /// <summary>Loads a folder of manifests as kustomize renders it; without kubectl, the files that it would combine, with the services' names.</summary>
    public static List<object> Load(string folder) => HasKubectl
        ? Read(Run("kubectl", "kustomize", Path.Combine(WithSecrets, Path.GetRelativePath("k8s", folder))))
        : [.. Files(Path.Combine(Repository.Root, folder)).SelectMany(Read)];

    public static List<object> Read(string text) => KubernetesYaml.LoadAllFromString(text, s_certManager, strict: true);

    /// <summary>Runs a program that must succeed, and returns what it prints.</summary>
    public static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {errors.Result}");
    }

    private static string CopyWithSecrets()
    {
        var copy = Directory.CreateTempSubdirectory("tagsegments_manifests_").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(copy, recursive: true);
        Run("cp", "-r", Path.Combine(Repository.Root, "k8s/."), copy);
        // A person may have made some here.
        var secrets = Path.Combine(copy, "overlays/local/secrets");
        if (Directory.Exists(secrets))
            Directory.Delete(secrets, recursive: true);
        Run(Path.Combine(copy, "make-secrets.sh"), secrets);
        // The overlay production of an installation whose people reach the console.
        var open = Directory.CreateDirectory(Path.Combine(copy, "overlays/open")).FullName;
        File.WriteAllText(Path.Combine(open, "kustomization.yaml"), """
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            namespace: tagsegments
            resources: [../production]
            components: [../../console-ingress]
            """);
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
            .. FilesIn(Path.Combine(Repository.Root, "k8s/base/network")),
            .. FilesIn(Path.Combine(Repository.Root, "k8s/base/console")),
            .. Services.SelectMany(service => shared.Select(text => text.Replace("service-name", service, StringComparison.Ordinal))),
        ];
    }

    private static List<string> FilesIn(string path) =>
        [.. Directory.GetFiles(path, "*.yaml").Where(file => Path.GetFileName(file) is not ("kustomization.yaml" or "identity.yaml")).Select(File.ReadAllText)];

    private static bool FindKubectl()
    {
        try
        {
            return Run("kubectl", "version", "--client").Length > 0;
        }
        catch (Win32Exception)
        {
            // Not installed.
            return false;
        }
    }
}
