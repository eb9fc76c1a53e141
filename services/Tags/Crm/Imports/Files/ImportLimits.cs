namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>The limits of imports: the section <c>Imports</c> of the configuration.</summary>
internal sealed record ImportLimits
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>The largest file, in megabytes. Defaults to 1,024.</summary>
    public int MaxMegabytes { get; init; } = 1_024;

    /// <summary>The disk that all uploads of a process use together, in megabytes. Defaults to 4,096.</summary>
    public int SpoolMegabytes { get; init; } = 4_096;

    /// <summary>What one account may use of it, in megabytes. Defaults to 2,048.</summary>
    public int AccountSpoolMegabytes { get; init; } = 2_048;

    /// <summary>How long an import may take, in minutes. Defaults to 120.</summary>
    public double MaxMinutes { get; init; } = 120;

    /// <summary>How long a client may neither send the next part nor take an answer, in seconds. Defaults to 60.</summary>
    public double IdleSeconds { get; init; } = 60;

    /// <summary>The folder of uploads. Defaults to that of the system for temporary files.</summary>
    public string Folder { get; init; } = Path.GetTempPath();

    /// <summary>The largest file, in bytes; no larger than what may be used of the disk.</summary>
    public long FileBytes => Math.Min(MaxMegabytes * Megabyte, AccountBytes);

    /// <summary>The disk that all uploads use together, in bytes.</summary>
    public long Bytes => SpoolMegabytes * Megabyte;

    /// <summary>What one account may use of it, in bytes.</summary>
    public long AccountBytes => Math.Min(AccountSpoolMegabytes, SpoolMegabytes) * Megabyte;
}
