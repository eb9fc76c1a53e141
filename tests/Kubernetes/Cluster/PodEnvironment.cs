using System.Text;
using System.Text.RegularExpressions;
using k8s.Models;

namespace TagSegments.Kubernetes.Cluster;

/// <summary>Finds the values that pods take from config maps and secrets.</summary>
internal sealed partial class PodEnvironment(IReadOnlyCollection<object> objects)
{
    /// <summary>Makes the environment of a container: of its image, of whole maps, then its own variables.</summary>
    public Dictionary<string, string> Of(V1Container container, Image image)
    {
        var variables = new Dictionary<string, string>(image.Environment);
        foreach (var source in container.EnvFrom ?? [])
        {
            foreach (var (name, value) in source.ConfigMapRef is { } map ? ConfigMap(map.Name) : Secret(source.SecretRef.Name, optional: false)!)
                variables[name] = value;
        }

        foreach (var variable in container.Env ?? [])
        {
            if (ValueOf(variable) is { } value)
                variables[variable.Name] = value;
        }

        return variables;
    }

    /// <summary>Makes the command line: the image's beginning, then the arguments of the manifest with the variables that they name.</summary>
    public static List<string> Command(V1Container container, Image image, Dictionary<string, string> variables) =>
        [.. container.Command ?? [.. image.EntryPoint], .. (container.Args ?? []).Select(text => Reference().Replace(text, match => variables[match.Groups["name"].Value]))];

    /// <summary>Reads the files of a volume from a secret or config map.</summary>
    public IReadOnlyDictionary<string, string> Files(V1Volume volume) =>
        volume.ConfigMap is { } map ? ConfigMap(map.Name) : Chosen(Secret(volume.Secret.SecretName, volume.Secret.Optional == true) ?? [], volume.Secret.Items);

    private static Dictionary<string, string> Chosen(Dictionary<string, string> files, IList<V1KeyToPath>? items) => items is null || files.Count == 0
        ? files
        : items.ToDictionary(item => item.Path, item => files.GetValueOrDefault(item.Key) ?? throw new ClusterException($"A volume names {item.Key}, which its secret does not have."));

    private string? ValueOf(V1EnvVar variable)
    {
        if (variable.ValueFrom?.SecretKeyRef is { } key)
        {
            return Secret(key.Name, key.Optional == true)?.GetValueOrDefault(key.Key) is { } secret
                ? secret
                : key.Optional == true ? null : throw new ClusterException($"{variable.Name}: the secret {key.Name} has no key {key.Key}.");
        }

        return variable.ValueFrom?.ConfigMapKeyRef is { } entry
            ? ConfigMap(entry.Name).GetValueOrDefault(entry.Key) ?? (entry.Optional == true ? null : throw new ClusterException($"{variable.Name}: the config map {entry.Name} has no key {entry.Key}."))
            : variable.Value ?? "";
    }

    private Dictionary<string, string> ConfigMap(string name) =>
        objects.OfType<V1ConfigMap>().FirstOrDefault(map => map.Metadata.Name == name) is { } found
            ? new(found.Data)
            : throw new ClusterException($"There is no config map {name}.");

    private Dictionary<string, string>? Secret(string name, bool optional)
    {
        var found = objects.OfType<V1Secret>().FirstOrDefault(secret => secret.Metadata.Name == name);
        if (found is null && !optional)
            throw new ClusterException($"There is no secret {name}.");
        return found?.Data.ToDictionary(pair => pair.Key, pair => Encoding.UTF8.GetString(pair.Value));
    }

    [GeneratedRegex(@"\$\((?<name>\w+)\)")]
    private static partial Regex Reference();
}
