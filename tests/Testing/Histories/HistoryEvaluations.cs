using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Evaluation.Answers;

namespace TagSegments.Testing.Histories;

/// <summary>Shared evaluations that tell when somebody asks for one; a wrong variant answers late comers out of the snapshot in use.</summary>
internal sealed class HistoryEvaluations(Moments moments, AnswerStore answers, bool sharesWithLateComers)
    : SharedEvaluations(moments, answers)
{
    private Task<IReadOnlyList<MatchSet>?>? _underWay;
    private TaskCompletionSource _asked = new();

    /// <summary>Completes when the next call asks.</summary>
    public Task NextCallAsync() => (_asked = new TaskCompletionSource()).Task;

    public override Task<IReadOnlyList<MatchSet>?> EvaluateAsync(int accountId, EvaluationRequest request, CancellationToken ct)
    {
        var answer = sharesWithLateComers && _underWay is { IsCompleted: false } shared
            ? shared
            : _underWay = base.EvaluateAsync(accountId, request, ct);
        _asked.TrySetResult();
        return answer;
    }
}
