using Google.Protobuf.WellKnownTypes;
using TagSegments.Segments.Evaluation.Answers;
using TagSegments.Segments.Evaluation.Plans;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation;

/// <summary>
/// Evaluates filters, exactly: an evaluation reads one consistent state, which includes every write acknowledged before it began. If memory has
/// everything and is current, one read of the clocks is enough; everything else is read in one snapshot of the database, which several calls
/// share if it has little to look up.
/// </summary>
internal sealed class Evaluator(
    AccountIndexes indexes, Moments moments, SharedEvaluations shared, AnswerStore answers, ShadowCheck shadow, TimeProvider time)
{
    /// <summary>Evaluates a request now or, if an instant is given, as of then.</summary>
    public async Task<IReadOnlyList<MatchSet>> EvaluateAsync(
        AccountInfo account, EvaluationRequest request, Timestamp? asOf, CancellationToken ct)
    {
        using var span = Spans.Inside("segments.evaluate", account.Id);
        var (path, matches) = await ByPathAsync(account, request, asOf, ct);
        IndexMetrics.CountEvaluation(path);
        span?.SetTag("segments.path", path.ToString()).SetTag("segments.filters", matches.Count);
        return matches;
    }

    /// <summary>Evaluates a request in a snapshot of its own, when it is the account's turn, for callers that continue to read in it.</summary>
    public async Task<OpenEvaluation> OpenAsync(AccountInfo account, EvaluationRequest request, Timestamp? asOf, CancellationToken ct)
    {
        using var span = Spans.Inside("segments.snapshot", account.Id);
        // All that were missing so far: what was loaded in one round may have left the memory before the next.
        var (tagIds, underWay) = (new HashSet<int>(), Task.CompletedTask);
        while (true)
        {
            await underWay.WaitAsync(ct);
            var moment = await moments.OpenAsync(account, asOf, tagIds, ct);
            OpenEvaluation? evaluation = null;
            try
            {
                var leaves = new LeafAnswers(moment, answers);
                var plans = leaves.Plan(request);
                var missing = Plan.MissingTagsOf(plans);
                tagIds.UnionWith(missing);
                if (missing.Count == 0 && await leaves.DecideAsync(plans, ct) is { } matches)
                {
                    return evaluation = new OpenEvaluation(moment, matches);
                }

                underWay = leaves.UnderWay ?? Task.CompletedTask;
            }
            finally
            {
                await (evaluation is null ? moment.DisposeAsync() : ValueTask.CompletedTask);
            }
        }
    }

    /// <summary>Reads filters without evaluating them, in the current state of the account. Filters that are long together wait for the account's turn.</summary>
    public async Task<T> ReadAsync<T>(AccountInfo account, int bytes, Func<AccountState, T> read, CancellationToken ct)
    {
        using var turn = EvaluationRequest.IsShortFilter(bytes) ? null : await moments.EnterAsync(account, ct);
        return read((await indexes.CurrentAsync(account.Id, ct)).State);
    }

    private async Task<(EvaluationPath Path, IReadOnlyList<MatchSet> Matches)> ByPathAsync(
        AccountInfo account, EvaluationRequest request, Timestamp? asOf, CancellationToken ct)
    {
        var isChecked = asOf is null && shadow.IsDue();
        // To read a long filter takes a processor for milliseconds: the account waits for its turn before.
        if (asOf is null && !isChecked && request.IsShort)
        {
            if (await FromMemoryAsync(account.Id, request, ct) is { } known)
            {
                return (EvaluationPath.Memory, known);
            }

            if (await shared.EvaluateAsync(account.Id, request, ct) is { } found)
            {
                return (EvaluationPath.Shared, found);
            }
        }

        await using var evaluation = await OpenAsync(account, request, asOf, ct);
        return isChecked ? (EvaluationPath.Checked, await shadow.CheckAsync(evaluation, ct))
            : (asOf is null ? EvaluationPath.Snapshot : EvaluationPath.Past, evaluation.Matches);
    }

    private async Task<IReadOnlyList<MatchSet>?> FromMemoryAsync(int accountId, EvaluationRequest request, CancellationToken ct)
    {
        var (state, clocks) = await indexes.CurrentAsync(accountId, ct);
        var tagIds = new HashSet<int>();
        while (true)
        {
            var (at, context) = (AnswerClocks.Of(clocks), state.ContextAt(time.GetUtcNow(), clocks));
            var plans = FilterReader.Read(request, state, state)
                .Select(question => Planner.Plan(state, question, context, leaf => answers.FindTrue(accountId, leaf, at)))
                .ToList();
            var missing = Plan.MissingTagsOf(plans);
            if (missing.Count == 0)
            {
                return plans.Exists(plan => plan.Undecided(state.Living, 1).Length > 0)
                    ? null
                    : plans.ConvertAll(plan => new MatchSet(context.Now, state, plan));
            }

            tagIds.UnionWith(missing);
            state = await indexes.LoadAsync(accountId, tagIds, ct);
            clocks = state.Clocks;
        }
    }
}
