namespace TagSegments.Testing;

/// <summary>The files that the tests look at.</summary>
public static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "TagSegments.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
