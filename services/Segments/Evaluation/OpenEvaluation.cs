namespace TagSegments.Segments.Evaluation;

/// <summary>The matches, for callers that continue to read in the same state: its moment stays open until this is disposed.</summary>
/// <param name="Moment">The moment.</param>
/// <param name="Matches">The matches of the filters of the request, in their order; expectations follow.</param>
internal sealed record OpenEvaluation(Moment Moment, IReadOnlyList<MatchSet> Matches) : IAsyncDisposable
{
    /// <inheritdoc />
    public ValueTask DisposeAsync() => Moment.DisposeAsync();
}
