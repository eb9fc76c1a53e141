using TagSegments.Tags.Tagging.Assignments;
using TagSegments.Tags.Tagging.Assignments.Reads;
using TagSegments.Tags.Tagging.Assignments.Writes;
using TagSegments.Tags.Tagging.Bulk;
using TagSegments.Tags.Tagging.Expiry;
using TagSegments.Tags.Tagging.Feed;
using TagSegments.Tags.Tagging.Governance;
using TagSegments.Tags.Tagging.Library;
using TagSegments.Tags.Tagging.Naming;
using TagSegments.Tags.Tagging.Reports;
using TagSegments.Tags.Tagging.Usages;

namespace TagSegments.Tags;

/// <summary>Registers and maps the tags: the library, the tags of contacts, bulk operations, the feed, governance and reports.</summary>
internal static class TaggingServices
{
    public static IServiceCollection AddTagging(this IServiceCollection services) => services
        .AddSingleton<NamingStore>()
        .AddSingleton<NameGuard>()
        .AddSingleton<TagUsers>()
        .AddSingleton<TagUsages>()
        .AddSingleton<TagStore>()
        .AddSingleton<TagLifecycle>()
        .AddSingleton<AssignmentWriter>()
        .AddSingleton<NewTagWrites>()
        .AddSingleton<ContactTagsCache>()
        .AddSingleton<TagCatalog>()
        .AddSingleton<ContactTagsReader>()
        .AddSingleton<ExpiryStore>()
        .AddWatched<ExpiryRunner>()
        .AddChangeNotifier("crm.clock")
        .AddClockFeed("crm.clock", "crm.commit")
        .AddSingleton<EventList>()
        .AddSingleton<EventReader>()
        .AddSingleton<FeedPositions>()
        .AddSingleton<TagWatch>()
        .AddSingleton<GovernanceStore>()
        .AddSingleton<TagAudit>()
        .AddSingleton<TagWhatIf>()
        .AddSingleton<ReportStore>()
        .AddBulk();

    public static void MapTagging(this WebApplication app)
    {
        app.MapGrpcService<LibraryApi>();
        app.MapGrpcService<TagListApi>();
        app.MapGrpcService<AssignmentApi>();
        app.MapGrpcService<ExpiryApi>();
        app.MapGrpcService<FeedApi>();
        app.MapGrpcService<BulkTagApi>();
        app.MapGrpcService<BulkApi>();
        app.MapGrpcService<BulkStreamApi>();
        app.MapGrpcService<NamingApi>();
        app.MapGrpcService<AuditApi>();
        app.MapGrpcService<PreviewApi>();
        app.MapGrpcService<MergeApi>();
        app.MapGrpcService<ReportApi>();
    }

    private static IServiceCollection AddBulk(this IServiceCollection services) => services
        .AddSingleton<BulkWrites>()
        .AddSingleton<BulkStore>()
        .AddSingleton<BulkAudience>()
        .AddSingleton<BulkSteps>()
        .AddSingleton<BulkReads>()
        .AddSingleton<BulkList>()
        .AddSingleton<BulkStarts>()
        .AddSingleton<BulkWatch>()
        .AddHostedService(provider => provider.GetRequiredService<BulkWatch>())
        .AddWatched<BulkRunner>();
}
