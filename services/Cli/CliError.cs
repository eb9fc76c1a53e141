namespace TagSegments.Cli;

/// <summary>An error found by the program itself, with what to do.</summary>
internal sealed class CliError(string message, string hint, int exitCode = ExitCode.Usage) : Exception(message)
{
    public string Hint { get; } = hint;

    public int ExitCode { get; } = exitCode;
}
