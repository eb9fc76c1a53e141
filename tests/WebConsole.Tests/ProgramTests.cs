using System.Diagnostics;
using TagSegments.Embedded;
using TagSegments.Testing;

namespace TagSegments.WebConsole.Tests;

/// <summary>The console as a program of its own, as in a container: it serves its files without Standalone, and needs no service to start.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task The_console_runs_alone()
    {
        var address = $"http://127.0.0.1:{FreePorts.Next(1)[0]}";
        using var program = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(WebConsoleApp).Assembly.Location])
        {
            Environment = { ["Http__Address"] = address, ["Logging__Level"] = "Warning" },
        })!;
        try
        {
            using var http = new HttpClient { BaseAddress = new(address) };
            var page = await Eventually.ReadAsync(() => ReadAsync(http), text => text is not null);
            var styles = await http.GetByteArrayAsync("/console.css");

            Assert.Contains("name=\"token\"", page, StringComparison.Ordinal);
            Assert.NotEmpty(styles);
            Assert.NotEmpty(await http.GetByteArrayAsync("/_content/Radzen.Blazor/css/standard-base.css"));
            Assert.NotEmpty(await http.GetByteArrayAsync("/_framework/blazor.web.js"));
        }
        finally
        {
            program.Kill();
            await program.WaitForExitAsync();
        }
    }

    private static async Task<string?> ReadAsync(HttpClient http)
    {
        try
        {
            return await http.GetStringAsync("/sign-in");
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
