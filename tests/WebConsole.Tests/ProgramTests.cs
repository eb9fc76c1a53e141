namespace TagSegments.WebConsole.Tests;

/// <summary>The console as a program of its own, as in a container: it serves its files without Standalone, and needs no service to start.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task The_console_runs_alone()
    {
        await using var program = await ConsoleProcess.StartAsync();
        using var http = new HttpClient { BaseAddress = program.Address };

        Assert.Contains("name=\"token\"", await http.GetStringAsync("/sign-in"), StringComparison.Ordinal);
        Assert.NotEmpty(await http.GetByteArrayAsync("/console.css"));
        Assert.NotEmpty(await http.GetByteArrayAsync("/_content/Radzen.Blazor/css/standard-base.css"));
        Assert.NotEmpty(await http.GetByteArrayAsync("/_framework/blazor.web.js"));
    }
}
