using System.Diagnostics;
using TagSegments.Embedded;
using TagSegments.Testing;

namespace TagSegments.WebConsole.Tests;

/// <summary>The console as a program of its own, as in a container.</summary>
internal sealed class ConsoleProgram : IAsyncDisposable
{
    private readonly Process _process;

    private ConsoleProgram(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Starts it, and waits until it answers.</summary>
    public static async Task<ConsoleProgram> StartAsync(IReadOnlyDictionary<string, string>? settings = null)
    {
        var address = new Uri($"http://127.0.0.1:{FreePorts.Next(1)[0]}");
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(WebConsoleApp).Assembly.Location])
        {
            Environment = { ["Http__Address"] = address.ToString(), ["Logging__Level"] = "Warning" },
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        var program = new ConsoleProgram(Process.Start(start)!, address);
        using var http = new HttpClient { BaseAddress = address };
        await Eventually.ReadAsync(() => AnswersAsync(http), answers => answers);
        return program;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<bool> AnswersAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync("/sign-in");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
