using TagSegments.Bitmaps;
using TagSegments.Segments.Evaluation.Plans;
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

    /// <summary>
    /// Finds by SQL who matches, compares, and returns the sets to answer with. What was asked about some contacts only is not known of the
    /// others, and is left as it is.
    /// </summary>
    public async Task<IReadOnlyList<MatchSet>> CheckAsync(OpenEvaluation evaluation, CancellationToken ct)
    {
        var answers = new List<MatchSet>();
        foreach (var matches in evaluation.Matches)
        {
            answers.Add(matches.Question.Candidates is null ? matches.With(await CheckAsync(evaluation.Moment, matches, ct)) : matches);
        }

        return answers;
    }

    // That nothing was recorded for later than now is a short cut of the plans, so SQL does not take it.
    private async Task<Bitmap> CheckAsync(Moment moment, MatchSet matches, CancellationToken ct)
    {
        var (snapshot, answer) = (moment.Snapshot, matches.ToBitmap());
        var truth = await SqlEvaluator.FindAsync(snapshot, matches.Filter, moment.Context with { LatestActivity = DateTime.MaxValue }, ct);
        metrics.ShadowChecks.Add(1);
        var missing = truth.After(-1).Count(contactId => !answer.Contains(contactId));
        var surplus = answer.Count - (truth.Count - missing);
        if (missing + surplus > 0)
        {
            IndexMetrics.CountMismatch();
            logger.ShadowMismatch(snapshot.AccountId, snapshot.Clocks.Records.Pos, missing, surplus, matches.Filter);
        }

        return truth;
    }
}
