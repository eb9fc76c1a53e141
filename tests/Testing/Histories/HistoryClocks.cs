using TagSegments.Segments.Index;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.Testing.Histories;

/// <summary>A clock reader whose next answer can be held back; a wrong variant of it shares that answer with those who come later.</summary>
internal sealed class HistoryClocks(WorkDatabase db, bool sharesWithLateComers) : ClockReader(db)
{
    private TaskCompletionSource? _held;
    private TaskCompletionSource _release = new();
    private Task<AccountClocks>? _underWay;

    /// <summary>Completes when the answer is there and held back.</summary>
    public Task IsHeld => _held!.Task;

    public void Hold() => (_held, _release) = (new TaskCompletionSource(), new TaskCompletionSource());

    public void Release() => _release.TrySetResult();

    public override Task<AccountClocks> ReadAsync(int accountId, CancellationToken ct) =>
        sharesWithLateComers && _underWay is { IsCompleted: false } shared ? shared : _underWay = base.ReadAsync(accountId, ct);

    protected override async Task<Dictionary<int, AccountClocks>> QueryAsync(int[] accountIds)
    {
        var answer = await base.QueryAsync(accountIds);
        if (_held is { Task.IsCompleted: false } held)
        {
            held.SetResult();
            await _release.Task;
        }

        return answer;
    }
}
