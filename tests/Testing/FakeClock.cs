using Xunit;

namespace TagSegments.Testing;

/// <summary>The clock of a process of its own, which a test can set while the process runs (libfaketime). Pauses last as long as they do.</summary>
public sealed class FakeClock : IDisposable
{
    internal const string Absent = "libfaketime is not installed (Debian: apt-get install libfaketime).";

    private readonly string _file = Path.GetTempFileName();

    /// <summary>A clock that shows another time than that of the machine.</summary>
    public FakeClock(TimeSpan ahead) => Set(ahead);

    /// <summary>The library; null if it is not installed.</summary>
    internal static string? Library { get; } = Directory.Exists("/usr/lib")
        ? Directory.GetDirectories("/usr/lib", "*-linux-gnu").Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
        : null;

    /// <summary>The variables of the process's environment.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library!,
        ["FAKETIME_TIMESTAMP_FILE"] = _file,
        ["FAKETIME_NO_CACHE"] = "1",
        ["DONT_FAKE_MONOTONIC"] = "1",
    };

    /// <summary>Lets the clock jump: forward, or back if <paramref name="ahead"/> is negative.</summary>
    public void Set(TimeSpan ahead)
    {
        // The process reads the file at any moment, and must not see half of it.
        var next = Path.GetTempFileName();
        File.WriteAllText(next, FormattableString.Invariant($"{(long)ahead.TotalSeconds:+0;-0}\n"));
        File.Move(next, _file, overwrite: true);
    }

    public void Dispose() => File.Delete(_file);
}

/// <summary>A test that needs libfaketime; skipped, with a message, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FakeClockFactAttribute : FactAttribute
{
    public FakeClockFactAttribute() => Skip = FakeClock.Library is null ? FakeClock.Absent : null;
}
