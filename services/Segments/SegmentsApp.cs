using Crm.Accounts.V1;
using TagSegments.Segments.Definitions;
using TagSegments.Segments.Erasures;
using TagSegments.Segments.Index;
using TagSegments.Segments.PersonExports;
using TagSegments.Segments.SmartLists;
using TagSegments.ServiceDefaults.Deletion;

namespace TagSegments.Segments;

/// <summary>The segments service as a web application: its own program runs it, Standalone and the tests host it beside others.</summary>
public static class SegmentsApp
{
    /// <summary>Builds the service; <paramref name="settings"/> win over files, environment and arguments.</summary>
    public static WebApplication Build(string[] args, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var builder = ServiceHost.CreateBuilder("segments", 5102, args, settings);
        builder.AddPostgres();
        builder.AddRedis();
        builder.AddServiceClient<AccountService.AccountServiceClient>("Tags");
        builder.Services.AddSegments();
        builder.AddRemoteDeletion(
            "segments.erase_account_rows", (provider, accountId, ct) => provider.GetRequiredService<TagEntryCache>().EraseAsync(accountId, ct));

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapGrpcService<SegmentApi>();
        app.MapGrpcService<SmartListApi>();
        app.MapGrpcService<ErasureApi>();
        app.MapGrpcService<PersonExportApi>();
        app.AnnounceMetrics(app.Services.GetRequiredService<IndexMetrics>().Announce);
        return app;
    }
}
