namespace TagSegments.Standalone;

/// <summary>The program cannot start, with what to do about it.</summary>
internal sealed class StartException(string message, string hint) : Exception(message)
{
    public string Hint { get; } = hint;
}
