using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Diagnostics.NETCore.Client;

namespace TagSegments.Chaos.Hostile;

/// <summary>What a process takes of its machine.</summary>
internal sealed class ProcessUse(int processId)
{
    // Starting a trace with this keyword of the runtime starts a full collection.
    private const long CollectHeap = 0x800000;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(100);

    /// <summary>The bytes that are resident now.</summary>
    public long Resident => Read("VmRSS:");

    /// <summary>The most bytes that were ever resident.</summary>
    public long Peak => Read("VmHWM:");

    /// <summary>The processor time that it has used.</summary>
    public TimeSpan Processor
    {
        get
        {
            using var process = Process.GetProcessById(processId);
            return process.TotalProcessorTime;
        }
    }

    /// <summary>
    /// Collects garbage until no more than this is resident, or for a while: the runtime keeps large buffers for a minute after their last use.
    /// </summary>
    public async Task SettleAsync(long enough)
    {
        var started = Stopwatch.StartNew();
        do
        {
            await CollectAsync();
            await Task.Delay(s_pause);
        }
        while (Resident > enough && started.Elapsed < s_longest);
    }

    private async Task CollectAsync()
    {
        var client = new DiagnosticsClient(processId);
        using var session = client.StartEventPipeSession(
            [new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, CollectHeap)], requestRundown: false);
        var reading = session.EventStream.CopyToAsync(Stream.Null);
        await Task.Delay(s_pause);
        await session.StopAsync(CancellationToken.None);
        await reading;
    }

    // A process that is dead has nothing.
    private long Read(string field)
    {
        try
        {
            return File.ReadLines($"/proc/{processId}/status")
                .Where(line => line.StartsWith(field, StringComparison.Ordinal))
                .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024)
                .FirstOrDefault();
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
