namespace TagSegments.WebConsole.Calls;

/// <summary>Keeps only the latest of several pieces of work: each new one cancels the one before.</summary>
public sealed class Latest : IDisposable
{
    private CancellationTokenSource? _current;

    /// <summary>Cancels the work before and gives the new one its token.</summary>
    public CancellationToken Next()
    {
        Dispose();
        _current = new();
        return _current.Token;
    }

    /// <summary>Cancels the work.</summary>
    public void Dispose()
    {
        _current?.Cancel();
        _current?.Dispose();
        _current = null;
    }
}
