using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TagSegments.Embedded.Postgres;

/// <summary>A child process.</summary>
internal sealed partial class ChildProcess
{
    private const int LinesKept = 40;
    private const int Sigint = 2;

    // initdb reads its locale variables even with --locale.
    private static readonly Dictionary<string, string> s_environment = new() { ["LC_ALL"] = "C", ["TZ"] = "UTC" };

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess()
    {
    }

    public int Id { get; private set; }

    public int ExitCode { get; private set; }

    public Task Exited => _exited.Task;

    public string RecentOutput => string.Join('\n', _lines);

    public static async Task<ChildProcess> RunAsync(string program, IEnumerable<string> arguments, string folder, CancellationToken ct)
    {
        var child = Start(program, arguments, folder);
        try
        {
            await child.Exited.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            child.Kill();
            throw;
        }

        return child;
    }

    /// <summary>Starts a program of PostgreSQL that needs access to <paramref name="folder"/>.</summary>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, string folder) =>
        Start(UnprivilegedUser.Wrap(program, arguments, folder), s_environment);

    /// <summary>Starts a command line with additional environment variables.</summary>
    public static ChildProcess Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        var child = new ChildProcess();
        var started = new TaskCompletionSource();
        // The kernel signals the child when the thread that forked it ends. A pool thread may end at any time, so the child gets a thread of its own.
        new Thread(() => child.Live(command, environment, started)) { IsBackground = true, Name = "Lifeline of a child process" }.Start();
        started.Task.GetAwaiter().GetResult();
        return child;
    }

    /// <summary>Asks the program to end.</summary>
    public void Interrupt() => Send(Sigint);

    /// <summary>Sends a signal, unless the program has ended.</summary>
    public void Send(int signal)
    {
        if (!Exited.IsCompleted)
            _ = Signal(Id, signal);
    }

    public void Kill()
    {
        if (Exited.IsCompleted)
            return;

        using var process = Process.GetProcessById(Id);
        process.Kill();
    }

    private void Live(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, TaskCompletionSource started)
    {
        var info = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetPathRoot(Environment.CurrentDirectory),
        };
        foreach (var (name, value) in environment)
        {
            info.Environment[name] = value;
        }

        using var process = new Process { StartInfo = info };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        try
        {
            process.Start();
        }
        catch (Exception e)
        {
            _exited.SetResult();
            started.SetException(new EmbeddedServerException($"{command[0]} cannot be started: {e.Message}", e));
            return;
        }

        Id = process.Id;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        started.SetResult();
        process.WaitForExit();
        ExitCode = process.ExitCode;
        _exited.SetResult();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;

        _lines.Enqueue(line);
        while (_lines.Count > LinesKept)
            _lines.TryDequeue(out _);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);
}
