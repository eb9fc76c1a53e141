namespace TagSegments.Cli;

/// <summary>The exit codes of the program.</summary>
internal static class ExitCode
{
    /// <summary>Everything was done.</summary>
    public const int Done = 0;

    /// <summary>The server refused it: bad input, not found, wrong state and so on.</summary>
    public const int Refused = 1;

    /// <summary>The command line is wrong; nothing was sent.</summary>
    public const int Usage = 2;

    /// <summary>A service cannot be reached or did not answer in time.</summary>
    public const int Unreachable = 3;

    /// <summary>Done, except for rows or contacts that were reported individually.</summary>
    public const int Partial = 4;

    /// <summary>Stopped by Ctrl-C; as in shells, 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
