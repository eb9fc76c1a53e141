using Crm.Segments.V1;
using TagSegments.ServiceDefaults;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>Registers and maps bulk operations.</summary>
internal static class BulkServices
{
    public static WebApplicationBuilder AddBulkOperations(this WebApplicationBuilder builder)
    {
        builder.AddServiceClient<SegmentService.SegmentServiceClient>("Segments");
        builder.AddServiceClient<SmartListService.SmartListServiceClient>("Segments");
        builder.Services
            .AddSingleton<BulkStore>()
            .AddSingleton<BulkAudience>()
            .AddSingleton<BulkSteps>()
            .AddSingleton<BulkReads>()
            .AddSingleton<BulkList>()
            .AddSingleton<BulkStarts>()
            .AddSingleton<BulkRunner>()
            .AddHostedService(provider => provider.GetRequiredService<BulkRunner>());
        return builder;
    }
}
