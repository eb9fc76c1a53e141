using System.Text.RegularExpressions;
using k8s.Models;
using TagSegments.Kubernetes.Overlays;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

/// <summary>A setting that is misspelt in a manifest would be ignored: each one has to be read somewhere in the code.</summary>
public sealed partial class ManifestSettingsTests
{
    private static readonly string s_code = string.Join('\n', SourceFiles.All().Select(file => file.Text));

    [Theory]
    [MemberData(nameof(ManifestTests.Folders), MemberType = typeof(ManifestTests))]
    public void Every_setting_of_the_manifests_is_read_by_the_code(string folder)
    {
        var objects = Manifests.Load(folder);
        var shared = objects.OfType<V1ConfigMap>().Where(map => map.Metadata.Name.StartsWith("tagsegments", StringComparison.Ordinal)).SelectMany(map => map.Data.Keys);
        var own = objects.Where(item => item is V1Job || Manifests.Programs.Contains(Manifests.NameOf(item)))
            .Select(Manifests.TemplateOf).OfType<V1PodTemplateSpec>().SelectMany(template => template.Spec.Containers[0].Env).Select(env => env.Name);

        var settings = shared.Concat(own).Distinct().ToList();

        Assert.True(settings.Count > 10);
        Assert.All(settings, setting => Assert.True(IsRead(setting), $"Nothing reads {setting}."));
    }

    [Fact]
    public void Every_setting_of_compose_is_read_by_the_code()
    {
        var settings = ComposeSetting().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml"))).Select(match => match.Groups[1].Value).Distinct().ToList();

        Assert.True(settings.Count > 20);
        Assert.All(settings, setting => Assert.True(IsRead(setting), $"Nothing reads {setting}."));
    }

    [Theory]
    [InlineData("Services__Tag")]
    [InlineData("Delivery__JournalFolders")]
    [InlineData("Smtp__Server")]
    [InlineData("Postgres__Connection")]
    [InlineData("Keys__Link")]
    public void A_misspelt_setting_is_found(string setting) => Assert.False(IsRead(setting));

    private static bool IsRead(string variable) => variable.Replace("__", ":", StringComparison.Ordinal).Split(':') switch
    {
        ["AllowedHosts"] => s_code.Contains("Configuration[\"AllowedHosts\"]", StringComparison.Ordinal),
        [var name] => s_code.Contains($"\"{name}\"", StringComparison.Ordinal),
        ["Services", "PublicKeys", var service] => Manifests.Services.Contains(service) && s_code.Contains("$\"Services:PublicKeys:{service}\"", StringComparison.Ordinal),
        ["Services", "PrivateKey"] => s_code.Contains("\"Services:PrivateKey\"", StringComparison.Ordinal),
        ["Services", var service] => s_code.Contains($"Client>(\"{service}\")", StringComparison.Ordinal),
        ["Keys", "Folder"] => s_code.Contains("\"Keys:Folder\"", StringComparison.Ordinal),
        ["Keys", var ring] => Regex.IsMatch(s_code, $"const string {ring} = \"{ring}\""),
        ["Http" or "Management", "Address"] => s_code.Contains("$\"{listener}:Address\"", StringComparison.Ordinal),
        ["Postgres", var name] => s_code.Contains($"\"{name}\"", StringComparison.Ordinal) || s_code.Contains($"\"Postgres:{name}\"", StringComparison.Ordinal),
        [var section, var name] => s_code.Contains($"\"{section}:{name}\"", StringComparison.Ordinal) || IsBound(section, name),
        _ => false,
    };

    // GetSection("Smtp").Get<SmtpOptions>() reads every property of SmtpOptions.
    private static bool IsBound(string section, string name) =>
        Regex.Match(s_code, $@"GetSection\(""{section}""\)\.Get<(?<type>\w+)>") is { Success: true } bound
        && Regex.Match(s_code, $@"(class|record) {bound.Groups["type"].Value}\b(?<body>.*?)\n}}", RegexOptions.Singleline) is { Success: true } type
        && Regex.IsMatch(type.Groups["body"].Value, $@"public [\w<>?, ]+ {name} {{ get;");

    [GeneratedRegex(@"^ +([A-Z][A-Za-z]*__\w+): ", RegexOptions.Multiline)]
    private static partial Regex ComposeSetting();
}
