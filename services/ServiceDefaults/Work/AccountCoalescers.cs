namespace TagSegments.ServiceDefaults.Work;

/// <summary>
/// The coalescers of accounts. One exists from the first call until no call of the account waits, so an account without calls costs nothing.
/// </summary>
/// <param name="create">Makes the coalescer of an account.</param>
public sealed class AccountCoalescers<TCall, TResult>(Func<int, Coalescer<TCall, TResult>> create) : IAsyncDisposable
    where TCall : PendingCall<TResult>
{
    private readonly Dictionary<int, (Coalescer<TCall, TResult> Coalescer, int Calls)> _accounts = [];
    private readonly Lock _gate = new();

    /// <summary>The number of accounts with calls.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _accounts.Count;
            }
        }
    }

    /// <summary>Answers a call in the next round of its account. Cancelling ends the wait, not a round that has begun.</summary>
    public Task<TResult> RunAsync(int accountId, TCall call, CancellationToken ct)
    {
        var coalescer = Enter(accountId);

        // Not when the caller goes away: the call may still be in a round then.
        _ = call.Answer.ContinueWith(_ => Leave(accountId), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return coalescer.RunAsync(call, ct);
    }

    /// <summary>Ends when all waiting calls are answered.</summary>
    public async ValueTask DisposeAsync()
    {
        Coalescer<TCall, TResult>[] coalescers;
        lock (_gate)
        {
            coalescers = [.. _accounts.Values.Select(account => account.Coalescer)];
        }

        foreach (var coalescer in coalescers)
        {
            await coalescer.DisposeAsync();
        }
    }

    private Coalescer<TCall, TResult> Enter(int accountId)
    {
        lock (_gate)
        {
            var (coalescer, calls) = _accounts.TryGetValue(accountId, out var account) ? account : (create(accountId), 0);
            _accounts[accountId] = (coalescer, calls + 1);
            return coalescer;
        }
    }

    private void Leave(int accountId)
    {
        lock (_gate)
        {
            var (coalescer, calls) = _accounts[accountId];
            if (calls == 1)
            {
                _accounts.Remove(accountId);
            }
            else
            {
                _accounts[accountId] = (coalescer, calls - 1);
            }
        }
    }
}
