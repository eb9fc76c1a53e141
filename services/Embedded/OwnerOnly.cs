namespace TagSegments.Embedded;

/// <summary>Files that only the user who runs the program can read.</summary>
public static class OwnerOnly
{
    /// <summary>Options to make such a file, which must not exist yet.</summary>
    public static FileStreamOptions NewFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
