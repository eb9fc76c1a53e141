using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using TagSegments.ServiceDefaults.Host;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests;

/// <summary>What programs say when they begin.</summary>
public sealed class StartLogTests
{
    private const string Open = "Auth:Mode is off";

    [Fact]
    public async Task A_migration_does_not_say_that_every_caller_may_do_everything()
    {
        var logs = new CapturedLogs();

        await Assert.ThrowsAsync<InvalidOperationException>(() => ServiceHost.RunAsync(
            ["migrate"], (args, settings) => Build(args, settings, logs), typeof(StartLogTests).Assembly));

        Assert.DoesNotContain(logs.Lines, line => line.Contains(Open, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_open_server_says_it()
    {
        var logs = new CapturedLogs();
        var settings = new Dictionary<string, string?> { ["Auth:Mode"] = "off", ["Grpc:Address"] = "http://127.0.0.1:0" };
        await using var app = Build([], settings, logs);

        await app.StartAsync();

        Assert.Contains(logs.Lines, line => line.Contains(Open, StringComparison.Ordinal));
    }

    private static WebApplication Build(string[] args, IReadOnlyDictionary<string, string?>? settings, CapturedLogs logs)
    {
        var builder = ServiceHost.CreateBuilder("test", 0, args, settings);
        builder.Logging.AddProvider(logs);
        var app = builder.Build();
        app.MapServiceDefaults();
        return app;
    }
}
