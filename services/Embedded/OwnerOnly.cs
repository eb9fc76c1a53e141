namespace TagSegments.Embedded;

/// <summary>Files that only the user who runs the program can read.</summary>
public static class OwnerOnly
{
    /// <summary>Options to make such a file, which must not exist yet.</summary>
    public static FileStreamOptions NewFile() => File(FileMode.CreateNew);

    /// <summary>Options to write at the end of such a file, which is made where it is missing; what is written reaches the operating system at once.</summary>
    public static FileStreamOptions Journal()
    {
        var options = File(FileMode.Append);
        (options.Share, options.BufferSize) = (FileShare.ReadWrite, 0);
        return options;
    }

    private static FileStreamOptions File(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
