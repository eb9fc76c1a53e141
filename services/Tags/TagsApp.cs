using TagSegments.ServiceDefaults;
using TagSegments.Tags.Tagging.Bulk;
using TagSegments.Tags.Tagging.Governance;
using TagSegments.Tags.Tagging.Library;
using TagSegments.Tags.Tagging.Reports;

namespace TagSegments.Tags;

/// <summary>The tags service as a web application: its own program runs it, Standalone and the tests host it beside others.</summary>
public static class TagsApp
{
    /// <summary>Builds the service; <paramref name="settings"/> win over files, environment and arguments.</summary>
    public static WebApplication Build(string[] args, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var builder = ServiceHost.CreateBuilder("tags", 5101, args, settings);
        builder.AddPostgres();
        builder.AddCrm();
        builder.Services.AddTagLibrary();
        builder.AddBulkOperations();
        builder.Services.AddGovernance();
        builder.Services.AddSingleton<ReportStore>();

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapCrm();
        app.MapGrpcService<TagApi>();
        app.MapGrpcService<BulkApi>();
        app.MapGrpcService<GovernanceApi>();
        app.MapGrpcService<ReportApi>();
        return app;
    }
}
