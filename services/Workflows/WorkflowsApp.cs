using TagSegments.ServiceDefaults;

namespace TagSegments.Workflows;

/// <summary>The workflows service as a web application: its own program runs it, Standalone and the tests host it beside others.</summary>
public static class WorkflowsApp
{
    /// <summary>Builds the service; <paramref name="settings"/> win over files, environment and arguments.</summary>
    public static WebApplication Build(string[] args, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var builder = ServiceHost.CreateBuilder("workflows", 5104, args, settings);
        builder.AddPostgres();

        var app = builder.Build();
        app.MapServiceDefaults();
        return app;
    }
}
