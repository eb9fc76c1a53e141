using Crm.Segments.V1;
using TagSegments.Bitmaps;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation;

/// <summary>
/// Repeats a share of the evaluations as one SQL statement in the same snapshot and compares the answers. They must never differ; if they
/// do, it is counted and logged, and the answer of SQL is the one given.
/// </summary>
internal sealed class ShadowCheck(IConfiguration configuration, IndexMetrics metrics, ILogger<ShadowCheck> logger)
{
    private readonly double _share = configuration.GetValue("Segments:ShadowShare", 0.001);

    /// <summary>Draws whether an evaluation is one of those to check.</summary>
    public bool IsDue() => _share > 0 && Random.Shared.NextDouble() < _share;

    /// <summary>Finds by SQL who matches, compares, and returns the set to answer with.</summary>
    public async Task<Bitmap> CheckAsync(Snapshot snapshot, Filter filter, FilterContext context, Bitmap answer, CancellationToken ct)
    {
        var truth = await SqlEvaluator.FindAsync(snapshot, filter, context, null, ct);
        metrics.ShadowChecks.Add(1);
        var missing = truth.After(-1).Count(contactId => !answer.Contains(contactId));
        var surplus = answer.Count - (truth.Count - missing);
        if (missing + surplus > 0)
        {
            IndexMetrics.CountMismatch();
            logger.ShadowMismatch(snapshot.AccountId, snapshot.Clocks.Records.Pos, missing, surplus, filter);
        }

        return truth;
    }
}
