using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;

namespace TagSegments.Testing.Histories;

/// <summary>Shared evaluations that tell when somebody asks for one; a wrong variant answers late comers out of the snapshot in use.</summary>
internal sealed class HistoryEvaluations(
    AccountIndexes indexes, AnswerLoader loader, AnswerStore answers, TimeProvider time, bool sharesWithLateComers)
    : SharedEvaluations(indexes, loader, answers, time)
{
    private Task<IReadOnlyList<Evaluation>?>? _underWay;
    private TaskCompletionSource _asked = new();

    /// <summary>Completes when the next call asks.</summary>
    public Task NextCallAsync() => (_asked = new TaskCompletionSource()).Task;

    public override Task<IReadOnlyList<Evaluation>?> EvaluateAsync(
        int accountId, Func<AccountState, IReadOnlyList<Question>> read, CancellationToken ct)
    {
        var answer = sharesWithLateComers && _underWay is { IsCompleted: false } shared
            ? shared
            : _underWay = base.EvaluateAsync(accountId, read, ct);
        _asked.TrySetResult();
        return answer;
    }
}
