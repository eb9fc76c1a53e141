using System.Xml.Linq;
using TagSegments.Chaos.Rig;
using TagSegments.Embedded.Postgres;
using TagSegments.Testing;
using TagSegments.Testing.HostileTexts;

namespace TagSegments.Chaos.Hostile;

/// <summary>
/// Variants of a service without one of its limits. Each is made by building one project again with one text of one source file replaced, so the
/// product knows nothing of them.
/// </summary>
internal static class SourceMutants
{
    private static readonly Dictionary<string, SourceMutant> s_all = new()
    {
        // Nothing looks at the depth and the aliases of YAML before it is loaded.
        ["yaml-uncaged"] = new(Target.Workflows, TextLanguage.Yaml, "Workflows/Yaml/YamlReader.cs", "            CheckEvents(yaml);", ""),
        // The parser of templates follows every nesting.
        ["liquid-depth"] = new(Target.Campaigns, TextLanguage.Liquid, "Campaigns/Content/TemplateParser.cs", "++_depth > MaxDepth", "++_depth < 0"),
        // A rendered text may become as long as it likes.
        ["liquid-output"] = new(Target.Campaigns, TextLanguage.Liquid, "Campaigns/Content/TemplateRenderer.cs", "builder.Length + length <= MaxLength", "builder.Length >= 0"),
        // A date may be padded to any width.
        ["liquid-width"] = new(Target.Campaigns, TextLanguage.Liquid, "Campaigns/Content/SafeFilters.cs", "Formatted(engine[\"date\"], FormatLimits.OfDate)", "engine[\"date\"]"),
        // The search for links tries every beginning to the end of the text.
        ["html-backtracking"] = new(
            Target.Campaigns,
            TextLanguage.Html,
            "Campaigns/Content/LinkRewriter.cs",
            " | RegexOptions.NonBacktracking)]\n    private static partial Regex Elements();",
            ")]\n    private static partial Regex Elements();"),
        // Nobody catches what is wrong with the quotes of a header.
        ["csv-uncaught"] = new(
            Target.Tags,
            TextLanguage.File,
            "Tags/Crm/Imports/Files/CsvTable.cs",
            "catch (CsvFormatException)\n        {\n            throw",
            "catch (CsvFormatException) when (form.Headers.Length < 0)\n        {\n            throw"),
        // Nobody catches what JSON cannot hold.
        ["json-uncaught"] = new(
            Target.Campaigns,
            TextLanguage.Json,
            "Campaigns/Activities/ActivityRules.cs",
            "catch (InvalidOperationException)",
            "catch (InvalidOperationException) when (properties.Fields.Count == 0)"),
        // The parser of filters follows every bracket.
        ["filter-depth"] = new(Target.Segments, TextLanguage.Filter, "Filters/Text/FilterParser.cs", "++_depth > FilterLimits.Depth", "++_depth < 0"),
    };

    /// <summary>The names of all.</summary>
    public static IReadOnlyCollection<string> Names => s_all.Keys;

    /// <summary>Finds a mutant by its name; throws <see cref="FormatException"/> for an unknown one.</summary>
    public static SourceMutant Find(string name) => s_all.TryGetValue(name, out var found)
        ? found
        : throw new FormatException($"There is no mutant {name}; there are {string.Join(", ", Names)}, and all.");

    /// <summary>Builds a mutant and returns the folder with its program.</summary>
    public static async Task<BuiltMutant> BuildAsync(SourceMutant mutant)
    {
        var folder = Directory.CreateTempSubdirectory("tagsegments_mutant_").FullName;
        var program = Directory.CreateDirectory(Path.Combine(folder, "program")).FullName;
        CopyFolder(AppContext.BaseDirectory, program);
        var library = $"TagSegments.{mutant.Project}.dll";
        File.Copy(Path.Combine(await BuildAsync(mutant, folder), library), Path.Combine(program, library), overwrite: true);
        return new BuiltMutant(program);
    }

    // Only the one project is built; the others are used as they are.
    private static async Task<string> BuildAsync(SourceMutant mutant, string folder)
    {
        var services = Path.Combine(Repository.Root, "services");
        var (source, changed) = (Path.Combine(services, mutant.File), Path.Combine(folder, Path.GetFileName(mutant.File)));
        await File.WriteAllTextAsync(changed, Mutate(await File.ReadAllTextAsync(source), mutant));
        var (props, targets) = (Path.Combine(folder, "mutant.props"), Path.Combine(folder, "mutant.targets"));
        var output = Path.Combine(folder, "out/");
        Only(mutant.Project, new XElement(
            "PropertyGroup", new XElement("IntermediateOutputPath", Path.Combine(folder, "obj/")), new XElement("OutDir", output))).Save(props);
        Only(mutant.Project, new XElement(
            "ItemGroup",
            new XElement("Compile", new XAttribute("Remove", source)),
            new XElement("Compile", new XAttribute("Include", changed)))).Save(targets);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var build = ChildProcess.Start(
            [
                "dotnet", "build", Path.Combine(services, mutant.Project), "-c", "Release", "--no-restore", "--no-dependencies", "-v", "quiet", "-nologo",
                "-p:RunAnalyzers=false", $"-p:CustomBeforeMicrosoftCommonProps={props}", $"-p:CustomAfterMicrosoftCommonTargets={targets}",
            ],
            new Dictionary<string, string>());
        await build.Exited.WaitAsync(patience.Token);
        return build.ExitCode == 0 ? output : throw new InvalidOperationException($"A mutant of {mutant.File} cannot be built:\n{build.RecentOutput}");
    }

    // A limit that is no longer there would make a mutant that is none.
    private static string Mutate(string source, SourceMutant mutant) => source.Split(mutant.Limit).Length == 2
        ? source.Replace(mutant.Limit, mutant.Without, StringComparison.Ordinal)
        : throw new FormatException($"{mutant.File} must have \"{mutant.Limit}\" once: a mutant replaces it.");

    private static XElement Only(string project, XElement content)
    {
        content.SetAttributeValue("Condition", $"'$(MSBuildProjectName)' == '{project}'");
        return new XElement("Project", content);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}

/// <summary>A service without one of its limits.</summary>
/// <param name="Service">The service.</param>
/// <param name="Language">The language that the limit is about.</param>
/// <param name="File">The source file with the limit, below <c>services</c>.</param>
/// <param name="Limit">The text of the limit.</param>
/// <param name="Without">What stands there instead.</param>
internal sealed record SourceMutant(Target Service, TextLanguage Language, string File, string Limit, string Without)
{
    public string Project => File[..File.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>Whether a request may meet what is missing, so that a finding about it shows the mutant.</summary>
    public bool IsMetBy(Target service, TextLanguage? language) => service == Service && language == Language;
}

/// <summary>The folder with the program of a mutant, which is removed at the end.</summary>
internal sealed record BuiltMutant(string Folder) : IDisposable
{
    public void Dispose() => Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
}
