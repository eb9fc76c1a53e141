using System.Diagnostics;
using System.Net;
using TagSegments.Embedded;

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

    // Probes and Prometheus ask for the address of a pod.
    [Fact]
    public async Task Operators_are_answered_by_any_name_and_people_by_the_public_one()
    {
        var management = $"http://127.0.0.1:{FreePorts.Next(1)[0]}";
        await using var program = await ConsoleProcess.StartAsync(settings: new Dictionary<string, string>
        {
            ["Management:Address"] = management,
            ["AllowedHosts"] = "console.example.com;127.0.0.1",
        });

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(new(management + "/readyz"), "10.244.1.7"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(new(management + "/metrics"), "10.244.1.7"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(new(program.Address, "/sign-in"), "console.example.com"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(new(program.Address, "/sign-in"), "10.244.1.7"));
        Assert.Equal(0, await HealthAsync(management));
        Assert.NotEqual(0, await HealthAsync($"http://127.0.0.1:{FreePorts.Next(1)[0]}"));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public async Task Only_where_an_ingress_ends_TLS_is_it_believed_that_people_use_https(string forwarded, bool isSecure)
    {
        await using var program = await ConsoleProcess.StartAsync(settings: new Dictionary<string, string> { ["Http:Forwarded"] = forwarded });
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = program.Address };
        http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        using var answer = await http.GetAsync("/preferences/theme/dark");

        Assert.Equal(isSecure, answer.Headers.GetValues("Set-Cookie").Single().Contains("secure", StringComparison.Ordinal));
    }

    private static async Task<HttpStatusCode> StatusAsync(Uri address, string host)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Host = host } };
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<int> HealthAsync(string management)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(WebConsoleApp).Assembly.Location, "healthcheck"]) { RedirectStandardError = true };
        start.Environment["Management__Address"] = management;
        using var check = Process.Start(start)!;
        await check.StandardError.ReadToEndAsync();
        await check.WaitForExitAsync();
        return check.ExitCode;
    }
}
