using TagSegments.Bitmaps;
using TagSegments.Segments.Evaluation.Plans;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation;

/// <summary>
/// Repeats a share of the evaluations as one SQL statement in the same snapshot and compares the answers. They must never differ; a difference
/// is counted and logged, and the caller gets the answer of SQL.
/// </summary>
internal sealed class ShadowCheck(IConfiguration configuration, IndexMetrics metrics, ILogger<ShadowCheck> logger)
{
    private readonly double _share = configuration.GetValue("Segments:ShadowShare", 0.001);

    /// <summary>Draws whether to check an evaluation.</summary>
    public bool IsDue() => _share > 0 && Random.Shared.NextDouble() < _share;

    /// <summary>
    /// Finds the matches by SQL, compares, and returns the sets to answer with. A question about some contacts says nothing about the others, so
    /// they are left as they are.
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

    // The plans skip the check for activity later than now if there is none; SQL does not.
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
            var filter = FilterShape.Of(matches.Filter);
            logger.ShadowMismatch(snapshot.AccountId, snapshot.Clocks.Records.Pos, missing, surplus, filter);
        }

        return truth;
    }
}
