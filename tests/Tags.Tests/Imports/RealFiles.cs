namespace TagSegments.Tags.Tests.Imports;

/// <summary>
/// The published files that lie beside the repository, in <c>../shared/data</c> or where <c>TAGSEGMENTS_DATA</c> says. Tests that need them
/// are skipped where they are absent.
/// </summary>
internal static class RealFiles
{
    /// <summary>The folder; null if it is absent.</summary>
    public static readonly string? Folder = Find();

    /// <summary>Reads a file.</summary>
    public static byte[] Read(string path) => File.ReadAllBytes(Path.Combine(Folder!, path));

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("TAGSEGMENTS_DATA") is { Length: > 0 } named)
        {
            return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var data = Path.Combine(folder.FullName, "..", "shared", "data");
            if (File.Exists(Path.Combine(folder.FullName, "TagSegments.sln")) && Directory.Exists(data))
            {
                return data;
            }
        }

        return null;
    }
}

/// <summary>A test that needs the published files.</summary>
internal sealed class RealFileFactAttribute : FactAttribute
{
    public RealFileFactAttribute()
    {
        if (RealFiles.Folder is null)
        {
            Skip = "The data folder ../shared/data is absent; set TAGSEGMENTS_DATA to its place.";
        }
    }
}
