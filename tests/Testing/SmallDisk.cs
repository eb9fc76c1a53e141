using System.ComponentModel;
using System.Diagnostics;
using TagSegments.Embedded.Postgres;
using Xunit;

namespace TagSegments.Testing;

/// <summary>A disk of some megabytes, in memory, that can be filled up; PostgreSQL may write to it.</summary>
public sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    private string Filler => Path.Combine(Folder, "filler");

    /// <summary>Mounts a disk, which needs the right to do so; null without it.</summary>
    public static SmallDisk? TryMount(int megabytes)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("tagsegments_disk_").FullName;
        if (!Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0700", "tmpfs", folder))
        {
            Directory.Delete(folder);
            return null;
        }

        UnprivilegedUser.TakeOwnership(folder);
        return new SmallDisk(folder);
    }

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var piece in new[] { 1 << 20, 1 << 12 })
        {
            try
            {
                while (true)
                {
                    file.Write(new byte[piece]);
                }
            }
            catch (IOException)
            {
                // Full, up to pieces that are smaller.
            }
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        Run("umount", "--lazy", Folder);
        Directory.Delete(Folder);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            // There is no such program.
            return false;
        }
    }
}

/// <summary>A test that mounts a disk of its own; skipped, with a message, where that is not allowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> s_isAllowed = new(() =>
    {
        using var disk = SmallDisk.TryMount(1);
        return disk is not null;
    });

    public SmallDiskFactAttribute()
    {
        if (!s_isAllowed.Value)
        {
            Skip = "Mounting a disk needs root.";
        }
    }
}
