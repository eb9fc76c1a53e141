using System.Text.RegularExpressions;

namespace TagSegments.Architecture.Tests;

/// <summary>A folder says what is in it: its namespace is its path, and it is small enough to take in.</summary>
public sealed partial class FolderTests
{
    private const int MostFiles = 25;

    public static TheoryData<string> Projects => House.Projects;

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_namespace_is_the_path_of_its_folder(string project) =>
        House.RequireNone(House.Sources(project)
            .Select(file => (File: file, Namespace: NamespaceOf(file)))
            .Where(source => source.Namespace is not null && source.Namespace != PathOf(project, source.File))
            .Select(source => $"{Path.GetRelativePath(House.Folder, source.File)}: {source.Namespace}"));

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_folder_has_at_most_25_source_files(string project) =>
        House.RequireNone(House.Sources(project)
            .CountBy(file => Path.GetRelativePath(House.Folder, Path.GetDirectoryName(file)!))
            .Where(folder => folder.Value > MostFiles)
            .Select(folder => $"{folder.Key}: {folder.Value}"));

    private static string? NamespaceOf(string file) =>
        Declaration().Match(File.ReadAllText(file)) is { Success: true } match ? match.Groups[1].Value : null;

    private static string PathOf(string project, string file)
    {
        var folder = Path.GetRelativePath(Path.Combine(House.Folder, project), Path.GetDirectoryName(file)!);
        return folder == "." ? $"TagSegments.{project}" : $"TagSegments.{project}.{folder.Replace(Path.DirectorySeparatorChar, '.')}";
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
