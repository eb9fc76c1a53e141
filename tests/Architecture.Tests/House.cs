using System.Reflection;
using System.Runtime.CompilerServices;

namespace TagSegments.Architecture.Tests;

/// <summary>The projects below <c>services/</c>, as assemblies and as folders.</summary>
internal static class House
{
    /// <summary>The projects that have folders inside.</summary>
    public static TheoryData<string> Projects =>
        [.. Directory.GetFiles(Folder, "*.csproj", SearchOption.AllDirectories).Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    /// <summary>The folder that holds the projects.</summary>
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(ThisFolder(), "../../services"));

    /// <summary>Loads the assembly of a project.</summary>
    public static Assembly Load(string project) => Assembly.Load($"TagSegments.{project}");

    /// <summary>Lists the source files of a project.</summary>
    public static IEnumerable<string> Sources(string project) =>
        Directory.EnumerateFiles(Path.Combine(Folder, project), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    /// <summary>Fails with all that was found, a line each.</summary>
    public static void RequireNone(IEnumerable<object> found)
    {
        var lines = found.ToList();
        Assert.True(lines.Count == 0, string.Join(Environment.NewLine, lines));
    }

    private static string ThisFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
