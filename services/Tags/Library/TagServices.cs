using TagSegments.ServiceDefaults;
using TagSegments.Tags.Assignments;
using TagSegments.Tags.Expiry;
using TagSegments.Tags.Feed;

namespace TagSegments.Tags.Library;

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
