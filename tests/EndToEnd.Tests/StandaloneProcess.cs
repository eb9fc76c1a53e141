using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using TagSegments.Embedded;
using TagSegments.Standalone;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests;

/// <summary>The Standalone program as a child process, on ports and a data folder of its own.</summary>
internal sealed class StandaloneProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _running = new();

    private StandaloneProcess(IEnumerable<string> args)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", ["exec", typeof(StandaloneOptions).Assembly.Location, .. args])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output => string.Join('\n', _lines);

    /// <summary>Gets options for eight free ports.</summary>
    public static string[] FreePortOptions()
    {
        string[] names = ["--tags-port", "--segments-port", "--campaigns-port", "--workflows-port", "--http-port", "--management-port", "--smtp-port", "--console-port"];
        return names.Zip(FreePorts.Next(names.Length), (name, port) => new[] { name, port.ToString(CultureInfo.InvariantCulture) }).SelectMany(pair => pair).ToArray();
    }

    public static StandaloneProcess Start(params string[] args) => new(args);

    /// <summary>Waits until the program says that it is running.</summary>
    public async Task WaitUntilRunningAsync()
    {
        await Task.WhenAny(_running.Task, _process.WaitForExitAsync()).WaitAsync(Eventually.Patience);
        Assert.True(_running.Task.IsCompleted, Output);
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Eventually.Patience);
        return _process.ExitCode;
    }

    /// <summary>Sends SIGTERM, as a service manager does, and returns the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        return await ExitAsync();
    }

    /// <summary>Gets the processes that this one has started, and their descendants.</summary>
    public IReadOnlyList<int> Children() => Descendants(Id).ToList();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await TerminateAsync();
        _process.Dispose();
    }

    // /proc/ID/stat: id, name in brackets (which may hold spaces), state, parent.
    private static IEnumerable<int> Descendants(int id) => Directory.EnumerateDirectories("/proc")
        .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
        .Select(folder => (Id: int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), Stat: StatOf(folder)))
        .Where(process => process.Stat is not null && int.Parse(process.Stat[(process.Stat.LastIndexOf(')') + 4)..].Split(' ')[0], CultureInfo.InvariantCulture) == id)
        .SelectMany(process => Descendants(process.Id).Prepend(process.Id));

    private static string? StatOf(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "stat"));
        }
        catch (IOException)
        {
            // It has just ended.
            return null;
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        if (line.Contains("TagSegments is running", StringComparison.Ordinal))
            _running.TrySetResult();
    }
}
