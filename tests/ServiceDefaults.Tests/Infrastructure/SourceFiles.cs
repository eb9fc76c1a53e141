namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

/// <summary>The source files of the services.</summary>
internal static class SourceFiles
{
    /// <summary>Reads all of them.</summary>
    public static IEnumerable<(string Path, string Text)> All()
    {
        var separator = Path.DirectorySeparatorChar;
        return Directory.EnumerateFiles(Path.Combine(TagSegments.Testing.Repository.Root, "services"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{separator}obj{separator}", StringComparison.Ordinal))
            .Select(path => (path, File.ReadAllText(path)));
    }
}
