using System.Diagnostics;
using TagSegments.Embedded;
using TagSegments.Testing;

namespace TagSegments.WebConsole.Tests;

/// <summary>The console as a program of its own, as in a container, before services of a test.</summary>
public sealed class ConsoleProcess : IAsyncDisposable
{
    private readonly Dictionary<string, string> _settings;
    private readonly string _keys = Directory.CreateTempSubdirectory("tagsegments-keys-").FullName;
    private Process? _process;

    private ConsoleProcess(TestApps? apps)
    {
        Address = new($"http://localhost:{FreePorts.Next(1)[0]}");
        _settings = new() { ["Http__Address"] = $"http://127.0.0.1:{Address.Port}", ["Logging__Level"] = "Warning", ["Keys__Folder"] = _keys };
        foreach (var service in Enum.GetValues<Service>())
        {
            if (apps is not null)
                _settings[$"Services__{service}"] = apps.GrpcAddress(service);
        }
    }

    /// <summary>The address of the console.</summary>
    public Uri Address { get; }

    /// <summary>The number of the process.</summary>
    public int Id => _process!.Id;

    /// <summary>Starts the console, before the services if there are any, and waits until it answers.</summary>
    public static async Task<ConsoleProcess> StartAsync(TestApps? apps = null)
    {
        var console = new ConsoleProcess(apps);
        await console.StartAgainAsync();
        return console;
    }

    /// <summary>Starts the console at the same address, after <see cref="KillAsync"/>.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(WebConsoleApp).Assembly.Location]);
        foreach (var (key, value) in _settings)
            start.Environment[key] = value;
        _process = Process.Start(start)!;
        using var http = new HttpClient { BaseAddress = Address };
        await Eventually.ReadAsync(() => ReadAsync(http), text => text is not null);
    }

    /// <summary>Ends the console without a word, as a crash does.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_keys, recursive: true);
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
