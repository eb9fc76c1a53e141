using TagSegments.ServiceDefaults.Memory;

namespace TagSegments.Testing.Histories;

/// <summary>
/// The memory of a replica. If it is short, there is room for little more than one account, and now and then, also in the middle of an
/// evaluation, everything that is kept has to go.
/// </summary>
internal sealed class HistoryMemory : IAsyncDisposable
{
    private const long Enough = 1L << 30;
    private const int Little = 20_000;
    private const int LongestQuiet = 10;
    private readonly CancellationTokenSource _ending = new();
    private readonly AccountCache<int, string> _intruder;
    private readonly Task _emptying;

    public HistoryMemory(bool isShort)
    {
        Budget = new MemoryBudget(isShort ? Random.Shared.Next(Little) : Enough, TimeSpan.FromMinutes(10), TimeProvider.System);
        _intruder = new(Budget, "intruder", (_, _) => Budget.Limit);
        _emptying = isShort ? EmptyAsync() : Task.CompletedTask;
    }

    public MemoryBudget Budget { get; }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _emptying;
        Budget.Dispose();
        _ending.Dispose();
    }

    // An entry that takes the whole budget leaves room for no other.
    private async Task EmptyAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            await Task.Delay(Random.Shared.Next(LongestQuiet), _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _intruder.Set(0, "");
            _intruder.TryTake(0, out _);
        }
    }
}
