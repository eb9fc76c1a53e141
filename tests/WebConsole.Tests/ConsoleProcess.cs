using System.Diagnostics;
using TagSegments.Embedded;
using TagSegments.Testing;

namespace TagSegments.WebConsole.Tests;

/// <summary>The console as a program of its own, as in a container.</summary>
public sealed class ConsoleProcess : IAsyncDisposable
{
    private readonly Dictionary<string, string> _settings;
    private readonly string _keys = Directory.CreateTempSubdirectory("tagsegments-keys-").FullName;
    private Process? _process;

    private ConsoleProcess(TestApps? apps, IReadOnlyDictionary<string, string>? settings)
    {
        Address = new($"http://127.0.0.1:{FreePorts.Next(1)[0]}");
        _settings = new(settings ?? new Dictionary<string, string>())
        {
            ["Http:Address"] = Address.ToString(),
            ["Logging:Level"] = "Warning",
            ["Keys:Folder"] = _keys,
        };
        foreach (var service in apps is null ? [] : Enum.GetValues<Service>())
            _settings[$"Services:{service}"] = apps!.GrpcAddress(service);
    }

    /// <summary>The address of the console.</summary>
    public Uri Address { get; }

    /// <summary>The number of the process.</summary>
    public int Id => _process!.Id;

    /// <summary>Starts the console, before the services if there are any, and waits until it answers.</summary>
    public static async Task<ConsoleProcess> StartAsync(TestApps? apps = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var console = new ConsoleProcess(apps, settings);
        await console.StartAgainAsync();
        return console;
    }

    /// <summary>Starts the console at the same address, after <see cref="KillAsync"/>.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(WebConsoleApp).Assembly.Location]);
        foreach (var (name, value) in _settings)
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        _process = Process.Start(start)!;
        using var http = new HttpClient { BaseAddress = Address };
        await Eventually.ReadAsync(() => AnswersAsync(http), answers => answers);
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
