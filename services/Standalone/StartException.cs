namespace TagSegments.Standalone;

/// <summary>The program cannot start; the hint says what to do.</summary>
internal sealed class StartException(string message, string hint) : Exception(message)
{
    public string Hint { get; } = hint;
}
