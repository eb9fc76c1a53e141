using System.Globalization;

namespace TagSegments.Benchmarks.Tenants;

/// <summary>What processes have used, read from <c>/proc</c>; everything is not a number where the system has no such files.</summary>
internal static class ProcessUsage
{
    private const double TicksPerSecond = 100;
    private const double KilobytesPerMegabyte = 1_024;

    /// <summary>The processor time of a process in seconds, with the children that have ended.</summary>
    public static double ProcessorSeconds(int id)
    {
        // The second field, the name in brackets, may contain spaces: github.com/torvalds/linux, Documentation/filesystems/proc.rst, 1-4.
        const int userTime = 11;
        var file = $"/proc/{id}/stat";
        if (!File.Exists(file))
        {
            return double.NaN;
        }

        var line = File.ReadAllText(file);
        var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        return fields[userTime..(userTime + 4)].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>The processor time in seconds of a process and of its children, living and ended.</summary>
    public static double ProcessorSecondsWithChildren(int id) =>
        ProcessorSeconds(id) + Processes().Where(child => Status(child, "PPid") == id).Sum(child => Known(ProcessorSeconds(child)));

    /// <summary>The memory that a process has at the moment, in MB.</summary>
    public static double Megabytes(int id) => Status(id, "VmRSS") / KilobytesPerMegabyte;

    /// <summary>The most memory that a process has had at any time, in MB.</summary>
    public static double PeakMegabytes(int id) => Status(id, "VmHWM") / KilobytesPerMegabyte;

    /// <summary>The process that has started a process.</summary>
    public static int Parent(int id) => (int)Known(Status(id, "PPid"));

    private static IEnumerable<int> Processes() => Directory.Exists("/proc")
        ? Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
        : [];

    private static double Status(int id, string name)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal));
            return line is null ? double.NaN : double.Parse(line[(name.Length + 1)..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // The process has ended, or there is no such folder.
            return double.NaN;
        }
    }

    private static double Known(double value) => double.IsNaN(value) ? 0 : value;
}
