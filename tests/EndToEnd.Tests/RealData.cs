namespace TagSegments.EndToEnd.Tests;

/// <summary>Data that others published, which is not part of the repository: TAGSEGMENTS_TEST_DATA, or ../shared/data seen from its root.</summary>
internal static class RealData
{
    public static readonly string? Folder = Environment.GetEnvironmentVariable("TAGSEGMENTS_TEST_DATA") ?? Beside(AppContext.BaseDirectory);

    public static string File(string name) => Path.Combine(Folder!, name);

    private static string? Beside(string folder)
    {
        for (var root = new DirectoryInfo(folder); root is not null; root = root.Parent)
            if (System.IO.File.Exists(Path.Combine(root.FullName, "TagSegments.sln")))
                return Path.GetFullPath(Path.Combine(root.FullName, "../shared/data")) is var data && Directory.Exists(data) ? data : null;
        return null;
    }
}

/// <summary>A test that needs published data; skipped, with a message, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealDataFactAttribute : FactAttribute
{
    public RealDataFactAttribute()
    {
        if (RealData.Folder is null)
            Skip = "The published data is not there: set TAGSEGMENTS_TEST_DATA to its folder.";
    }
}
