using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Segments.V1;
using Crm.Workflows.V1;
using TagSegments.ServiceDefaults.Deletion;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Accounts.Deletion;
using TagSegments.Tags.Crm.Erasures;
using TagSegments.Tags.Tagging.Bulk;
using TagSegments.Tags.Tagging.Expiry;

namespace TagSegments.Tags;

/// <summary>The tag service as a web application. Its own program runs it; Standalone and the tests host it with the other services.</summary>
public static class TagsApp
{
    // Most work wakes its service at once. This is for work whose time has come, or that another process has left.
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    /// <summary>Builds the service; <paramref name="settings"/> win over files, environment and arguments.</summary>
    public static WebApplication Build(string[] args, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var builder = ServiceHost.CreateBuilder("tags", 5101, args, settings);
        builder.AddPostgres();
        builder.AddServiceClient<SegmentService.SegmentServiceClient>("Segments");
        builder.AddServiceClient<SmartListService.SmartListServiceClient>("Segments");
        builder.AddServiceClient<ActivityService.ActivityServiceClient>("Campaigns");
        builder.AddServiceClient<CampaignService.CampaignServiceClient>("Campaigns");
        builder.AddServiceClient<WorkflowService.WorkflowServiceClient>("Workflows");
        builder.Services
            .AddSingleton<GenericPlanPool>()
            .AddFairQueue()
            .AddIdempotentWrites("crm.request")
            .AddSingleton<AccountWrites>()
            .AddCrm()
            .AddTagging()
            .AddWorkWatch(pause: s_look, idlePause: s_look)
            .AddDueAges(
                new DueWork("bulk operations", BulkRunner.OldestDue),
                new DueWork("expiring tags", ExpiryRunner.OldestDue),
                new DueWork("erasures", ErasureRunner.OldestDue));

        builder.AddDeletion(
            provider => provider.GetRequiredService<DeletionStore>().ListAllAsync,
            provider => DueErasures.OwnErasure(provider.GetRequiredService<DeletionStore>(), provider.GetRequiredService<DeletionFollower>()));

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapCrm();
        app.MapTagging();
        return app;
    }
}
