namespace TagSegments.Campaigns.Tests.Webhooks;

/// <summary>
/// Payloads that others published, which are not part of the repository: TAGSEGMENTS_TEST_DATA, or ../shared/data seen from its root.
/// </summary>
internal static class PublishedPayloads
{
    public static readonly string? Folder = Find(Environment.GetEnvironmentVariable("TAGSEGMENTS_TEST_DATA") ?? Beside(AppContext.BaseDirectory));

    private static string? Find(string? data) => Path.Combine(data ?? "", "esp-webhook-events") is var folder && Directory.Exists(folder) ? folder : null;

    private static string? Beside(string start)
    {
        for (var root = new DirectoryInfo(start); root is not null; root = root.Parent)
        {
            if (File.Exists(Path.Combine(root.FullName, "TagSegments.sln")))
            {
                return Path.GetFullPath(Path.Combine(root.FullName, "../shared/data"));
            }
        }

        return null;
    }
}

/// <summary>A test that needs the published payloads; skipped, with a message, where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PublishedPayloadsTheoryAttribute : TheoryAttribute
{
    public PublishedPayloadsTheoryAttribute()
    {
        if (PublishedPayloads.Folder is null)
        {
            Skip = "The published payloads are not there: set TAGSEGMENTS_TEST_DATA to the folder that has esp-webhook-events.";
        }
    }
}
