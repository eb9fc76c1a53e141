using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Evaluation;

/// <summary>One state of an account at one <c>now</c>, of the present or of the past, open for reading until it is disposed.</summary>
/// <param name="Snapshot">The snapshot in which everything is read.</param>
/// <param name="Today">The state of today, whose names callers know.</param>
/// <param name="Then">The state that is evaluated; for the present, the same.</param>
/// <param name="Context">The context that filters are compiled against; it has the relations of then.</param>
internal sealed record Moment(Snapshot Snapshot, AccountState Today, AccountState Then, FilterContext Context) : IAsyncDisposable
{
    /// <summary>The one <c>now</c>.</summary>
    public DateTimeOffset Now => Context.Now;

    /// <summary>The turn that it takes; null if it takes none.</summary>
    public IDisposable? Turn { get; init; }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Snapshot.DisposeAsync();
        Turn?.Dispose();
    }
}
