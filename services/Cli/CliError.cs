namespace TagSegments.Cli;

/// <summary>An error that the program itself found, with what to do about it.</summary>
internal sealed class CliError(string message, string hint, int exitCode = ExitCode.Usage) : Exception(message)
{
    public string Hint { get; } = hint;

    public int ExitCode { get; } = exitCode;
}
