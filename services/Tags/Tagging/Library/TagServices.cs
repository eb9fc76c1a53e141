using TagSegments.ServiceDefaults;
using TagSegments.Tags.Tagging.Assignments;
using TagSegments.Tags.Tagging.Expiry;
using TagSegments.Tags.Tagging.Feed;

namespace TagSegments.Tags.Tagging.Library;

/// <summary>Registers the tag service's classes.</summary>
internal static class TagServices
{
    /// <summary>Adds the tag library, the tags of contacts and the feed of changes.</summary>
    public static IServiceCollection AddTagLibrary(this IServiceCollection services) => services
        .AddSingleton<TagStore>()
        .AddSingleton<TagLifecycle>()
        .AddSingleton<LibraryCalls>()
        .AddSingleton<TagList>()
        .AddSingleton<GroupCommitter>()
        .AddSingleton<SingleWrites>()
        .AddSingleton<BulkWrites>()
        .AddSingleton<ContactTagsCache>()
        .AddSingleton<TagCatalog>()
        .AddSingleton<ContactTagsReader>()
        .AddSingleton<AssignmentCalls>()
        .AddSingleton<ExpiryStore>()
        .AddSingleton<ExpiryList>()
        .AddHostedService<ExpiryRunner>()
        .AddClockWatch("crm.clock")
        .AddSingleton<EventList>()
        .AddSingleton<EventReader>()
        .AddSingleton<FeedPositions>()
        .AddSingleton<TagWatch>()
        .AddSingleton<FeedCalls>();
}
