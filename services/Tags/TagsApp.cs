using TagSegments.ServiceDefaults;
using TagSegments.Tags.Library;

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

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapCrm();
        app.MapGrpcService<TagApi>();
        return app;
    }
}
