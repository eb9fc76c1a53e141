using System.Globalization;

namespace TagSegments.Standalone;

/// <summary>Finds the program that listens on a port, on Linux and for processes that this user may inspect.</summary>
internal static class PortOwner
{
    private const string Listening = "0A";
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>Gets, for example, `process 4711 (nginx)`; null if it cannot be known.</summary>
    public static string? Find(int port)
    {
        if (!OperatingSystem.IsLinux() || Sockets(port) is not { Count: > 0 } sockets)
            return null;

        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Holds(folder, sockets))
                return $"process {id} ({File.ReadAllText(Path.Combine(folder, "comm")).Trim()})";
        return null;
    }

    // Lines of /proc/net/tcp: number, local address:port in hex, remote, state, ..., the socket's inode as the tenth column.
    private static HashSet<string> Sockets(int port) => Tables
        .Where(File.Exists)
        .SelectMany(File.ReadLines)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(columns => columns.Length > 9 && columns[3] == Listening && columns[1].EndsWith($":{port:X4}", StringComparison.Ordinal))
        .Select(columns => $"socket:[{columns[9]}]")
        .ToHashSet();

    private static bool Holds(string processFolder, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(processFolder, "fd")).Any(fd => new FileInfo(fd).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // Another user's process, or one that has just ended.
            return false;
        }
    }
}
