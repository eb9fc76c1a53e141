using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Traces;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>
/// Shares slots between accounts by the time that they use: a free slot goes to the waiting account that has had the least time for its weight,
/// and within an account to the oldest. So an account that asks for much waits for itself, and one that asks for little hardly waits
/// (start-time fair queueing: Goyal, Vin and Cheng, SIGCOMM 1996, with time as the cost). An account without work costs nothing.
/// </summary>
/// <param name="slots">How many work at once.</param>
/// <param name="mostPerAccount">How many of one account work at once; fewer than <paramref name="slots"/> keep one free for others.</param>
/// <param name="time">The clock that measures what is used.</param>
public sealed class FairQueue(int slots, int mostPerAccount, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Account> _accounts = [];
    private readonly HashSet<Account> _waiting = [];
    private double _now;
    private int _working;
    private int _sweepAt = 64;

    /// <summary>How many work.</summary>
    public int Working
    {
        get
        {
            lock (_gate)
            {
                return _working;
            }
        }
    }

    /// <summary>
    /// Waits for a slot; disposing of it gives it back. Throws RESOURCE_EXHAUSTED if as many of the account wait as its limit
    /// <c>waiting_calls</c> allows.
    /// </summary>
    public Task<IDisposable> EnterAsync(AccountInfo account, CancellationToken ct) => EnterAsync(account, account.Limits.WaitingCalls, ct);

    /// <summary>Waits for a slot for the next part of work that was admitted already.</summary>
    public Task<IDisposable> ContinueAsync(AccountInfo account, CancellationToken ct) => EnterAsync(account, int.MaxValue, ct);

    private async Task<IDisposable> EnterAsync(AccountInfo account, int most, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var turn = Enqueue(account, most);
        await using var cancellation = ct.UnsafeRegister(_ => Leave(turn, ct), null);
        using var span = turn.Granted.Task.IsCompleted ? null : Spans.Inside("work.wait", account.Id);
        return await turn.Granted.Task;
    }

    private Turn Enqueue(AccountInfo account, int most)
    {
        lock (_gate)
        {
            if (!_accounts.TryGetValue(account.Id, out var state))
            {
                Sweep();
                // Time that was not used before is not saved up.
                _accounts[account.Id] = state = new Account(account.Id) { Used = _now };
            }

            state.Weight = account.Limits.Weight;
            if (state.Waiting.Count >= most)
            {
                throw RpcErrors.QuotaExceeded(
                    "waiting_calls", most, $"{most} calls of the account wait for their turn already. Retry in a moment.", TimeSpan.FromSeconds(1));
            }

            var turn = new Turn(this, state);
            turn.Place = state.Waiting.AddLast(turn);
            _waiting.Add(state);
            QueueMetrics.Waiting(1);
            Grant();
            return turn;
        }
    }

    // Callers hold the gate.
    private void Grant()
    {
        while (_working < slots && Next() is { } account)
        {
            var turn = account.Waiting.First!.Value;
            Unqueue(turn);
            turn.Begun = time.GetTimestamp();
            _now = Math.Max(_now, account.Used);
            account.Working.Add(turn);
            _working++;
            QueueMetrics.Working(1);
            turn.Granted.TrySetResult(turn);
        }
    }

    private Account? Next()
    {
        var timestamp = time.GetTimestamp();
        return _waiting
            .Where(account => account.Working.Count < mostPerAccount)
            .MinBy(account => account.Used + account.Working.Sum(turn => Cost(turn, timestamp)));
    }

    private double Cost(Turn turn, long timestamp) => time.GetElapsedTime(turn.Begun, timestamp).TotalSeconds / turn.Account.Weight;

    private void Leave(Turn turn, CancellationToken ct)
    {
        lock (_gate)
        {
            if (turn.Place is null)
            {
                return;
            }

            Unqueue(turn);
            Forget(turn.Account);
        }

        turn.Granted.TrySetCanceled(ct);
    }

    private void Unqueue(Turn turn)
    {
        turn.Account.Waiting.Remove(turn.Place!);
        QueueMetrics.Waiting(-1);
        turn.Place = null;
        if (turn.Account.Waiting.Count == 0)
        {
            _waiting.Remove(turn.Account);
        }
    }

    private void Release(Turn turn)
    {
        lock (_gate)
        {
            if (!turn.Account.Working.Remove(turn))
            {
                return;
            }

            turn.Account.Used += Cost(turn, time.GetTimestamp());
            _working--;
            QueueMetrics.Working(-1);
            Forget(turn.Account);
            Grant();
        }
    }

    private void Forget(Account account)
    {
        if (_working == 0 && _waiting.Count == 0)
        {
            _accounts.Clear();
            _now = 0;
        }
        else if (IsForgettable(account))
        {
            _accounts.Remove(account.Id);
        }
    }

    // An account that has had more than others is remembered until they have caught up.
    private bool IsForgettable(Account account) => account.Waiting.Count == 0 && account.Working.Count == 0 && account.Used <= _now;

    private void Sweep()
    {
        if (_accounts.Count < _sweepAt)
        {
            return;
        }

        foreach (var account in _accounts.Values.Where(IsForgettable).ToList())
        {
            _accounts.Remove(account.Id);
        }

        _sweepAt = Math.Max(64, 2 * _accounts.Count);
    }

    private sealed class Account(int id)
    {
        public int Id => id;

        public int Weight { get; set; } = 1;

        // Seconds used for each unit of weight.
        public double Used { get; set; }

        public LinkedList<Turn> Waiting { get; } = [];

        public List<Turn> Working { get; } = [];
    }

    private sealed class Turn(FairQueue queue, Account account) : IDisposable
    {
        public Account Account => account;

        public LinkedListNode<Turn>? Place { get; set; }

        public long Begun { get; set; }

        public TaskCompletionSource<IDisposable> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose() => queue.Release(this);
    }
}
