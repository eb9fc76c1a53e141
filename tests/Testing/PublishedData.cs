using Xunit;

namespace TagSegments.Testing;

/// <summary>
/// Data that others published, which is not part of the repository: in the folder that TAGSEGMENTS_DATA names, else in <c>../shared/data</c>
/// seen from the repository's root.
/// </summary>
public static class PublishedData
{
    internal const string Absent = "The published data is not there: set TAGSEGMENTS_DATA to its folder.";

    /// <summary>The folder; null if it is absent.</summary>
    public static readonly string? Folder = Environment.GetEnvironmentVariable("TAGSEGMENTS_DATA") is { Length: > 0 } named ? named : Beside();

    /// <summary>Gets the path of a file.</summary>
    public static string PathOf(string name) => Path.Combine(Folder!, name);

    private static string? Beside()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "TagSegments.sln")))
            {
                return Path.GetFullPath(Path.Combine(folder.FullName, "../shared/data")) is var data && Directory.Exists(data) ? data : null;
            }
        }

        return null;
    }
}

/// <summary>A test that needs published data; skipped, with a message, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PublishedDataFactAttribute : FactAttribute
{
    public PublishedDataFactAttribute()
    {
        if (PublishedData.Folder is null)
        {
            Skip = PublishedData.Absent;
        }
    }
}

/// <summary>A theory that needs published data; skipped, with a message, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PublishedDataTheoryAttribute : TheoryAttribute
{
    public PublishedDataTheoryAttribute()
    {
        if (PublishedData.Folder is null)
        {
            Skip = PublishedData.Absent;
        }
    }
}
