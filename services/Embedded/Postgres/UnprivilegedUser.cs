using System.Runtime.InteropServices;

namespace TagSegments.Embedded.Postgres;

/// <summary>PostgreSQL refuses to run as root, so a root process starts it as the user "nobody".</summary>
internal static partial class UnprivilegedUser
{
    private const int Nobody = 65534;
    private static readonly string? s_setPriv = FindInPath("setpriv");
    private static readonly string? s_setSid = FindInPath("setsid");

    private static bool IsRoot => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    /// <summary>Makes the user that the server runs as the owner of the folder.</summary>
    public static void TakeOwnership(string folder)
    {
        if (IsRoot && ChangeOwner(folder, Nobody, Nobody) != 0)
            throw new EmbeddedServerException($"{folder} cannot be given to the user that PostgreSQL runs as (error {Marshal.GetLastPInvokeError()}).");
    }

    /// <summary>
    /// The command line that starts a program. The program has a session of its own, so Ctrl-C reaches it only through this process. It gets a
    /// signal to stop when the thread that started it ends, so even a killed process leaves no server running.
    /// </summary>
    public static IReadOnlyList<string> Wrap(string program, IEnumerable<string> arguments, string folder)
    {
        if (!OperatingSystem.IsLinux() || (s_setPriv is null && !IsRoot))
            return [program, .. arguments];
        if (s_setPriv is null)
            throw new EmbeddedServerException("PostgreSQL does not run as root. Install util-linux (setpriv), or start as another user.");

        string[] session = s_setSid is null ? [] : [s_setSid];
        string[] user = IsRoot ? [$"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "--no-new-privs"] : [];
        string[] access = IsRoot && !(IsOpenToOthers(folder) && IsOpenToOthers(program)) ? ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"] : [];
        return [.. session, s_setPriv, .. user, .. access, "--pdeathsig=SIGINT", "--", program, .. arguments];
    }

    // "nobody" cannot enter a clone below /root, for example. The server then keeps the right to pass through folders of other users.
    private static bool IsOpenToOthers(string path)
    {
        for (var parent = Directory.GetParent(path); parent is not null; parent = parent.Parent)
        {
            if (OperatingSystem.IsLinux() && !parent.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
                return false;
        }

        return true;
    }

    private static string? FindInPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, int user, int group);
}
