using System.Xml.Linq;
using TagSegments.Chaos.Rig;
using TagSegments.Embedded.Postgres;
using TagSegments.Testing;

namespace TagSegments.Chaos.Hostile;

/// <summary>
/// Variants of a service without one of its limits. Each is the service's project built again with one text of one source file replaced, so the
/// product knows nothing of them.
/// </summary>
internal static class SourceMutants
{
    private static readonly Dictionary<string, Mutant> s_all = new()
    {
        ["yaml-depth"] = new(Target.Workflows, "Yaml/YamlReader.cs", "depth > MaxDepth + 2", "depth < 0"),
        ["liquid-depth"] = new(Target.Campaigns, "Content/TemplateParser.cs", "++_depth > MaxDepth", "++_depth < 0"),
    };

    /// <summary>The names of all.</summary>
    public static IReadOnlyCollection<string> Names => s_all.Keys;

    /// <summary>Builds a mutant and returns its service and the folder with its program; throws <see cref="FormatException"/> for an unknown name.</summary>
    public static async Task<BuiltMutant> BuildAsync(string name)
    {
        var mutant = s_all.TryGetValue(name, out var found)
            ? found
            : throw new FormatException($"There is no mutant {name}; there are {string.Join(", ", Names)}, and all.");
        var folder = Path.Combine(Path.GetTempPath(), $"tagsegments_mutant_{Environment.ProcessId}_{name}");
        Directory.CreateDirectory(folder);
        var project = Path.Combine(Repository.Root, "services", mutant.Service.ToString());
        var source = Path.Combine(project, mutant.File);
        var text = await File.ReadAllTextAsync(source);
        if (text.Split(mutant.Limit).Length != 2)
        {
            throw new FormatException($"{mutant.File} must have \"{mutant.Limit}\" once: the mutant {name} replaces it.");
        }

        var changed = Path.Combine(folder, Path.GetFileName(mutant.File));
        await File.WriteAllTextAsync(changed, text.Replace(mutant.Limit, mutant.Without, StringComparison.Ordinal));
        var (props, targets) = (Path.Combine(folder, "mutant.props"), Path.Combine(folder, "mutant.targets"));
        var output = Path.Combine(folder, "bin/");
        // The other projects are used as they were built.
        Only(mutant.Service, new XElement("PropertyGroup",
            new XElement("IntermediateOutputPath", Path.Combine(folder, "obj/")),
            new XElement("OutDir", output))).Save(props);
        Only(mutant.Service, new XElement("ItemGroup",
            new XElement("Compile", new XAttribute("Remove", source)),
            new XElement("Compile", new XAttribute("Include", changed)))).Save(targets);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var build = ChildProcess.Start(
            [
                "dotnet", "build", project, "-c", "Release", "--no-restore", "--no-dependencies", "-v", "quiet", "-nologo", "-p:RunAnalyzers=false",
                $"-p:CustomBeforeMicrosoftCommonProps={props}", $"-p:CustomAfterMicrosoftCommonTargets={targets}",
            ],
            new Dictionary<string, string>());
        await build.Exited.WaitAsync(patience.Token);
        return build.ExitCode == 0
            ? new BuiltMutant(mutant.Service, output)
            : throw new InvalidOperationException($"The mutant {name} cannot be built:\n{build.RecentOutput}");
    }

    private static XElement Only(Target service, XElement content)
    {
        content.SetAttributeValue("Condition", $"'$(MSBuildProjectName)' == '{service}'");
        return new XElement("Project", content);
    }

    private sealed record Mutant(Target Service, string File, string Limit, string Without);
}

/// <summary>A mutant's service, and the folder with its program.</summary>
internal sealed record BuiltMutant(Target Service, string Folder);
