using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>
/// Claims work that waits in a database, one claim at a time: the next one is of the account that has had the least time for its weight, and no
/// account has all workers.
/// </summary>
/// <param name="mostPerAccount">How many workers of this process one account has at most.</param>
/// <param name="closed">The accounts that were deleted: nothing is claimed for them, nor for anybody until they are known.</param>
public sealed class FairClaims(int mostPerAccount, ClosedAccounts closed) : IDisposable
{
    private readonly SemaphoreSlim _claiming = new(1);
    private readonly FairShares _shares = new();
    private readonly List<int> _working = [];

    /// <summary>Claims the next work as <paramref name="claim"/> does with an order; null if there is none.</summary>
    public async Task<T?> NextAsync<T>(Func<ClaimOrder, Task<T?>> claim, Func<T, int> accountOf, CancellationToken ct)
        where T : class
    {
        if (!closed.IsKnown)
        {
            return null;
        }

        await _claiming.WaitAsync(ct);
        try
        {
            var full = Full();
            var (accountIds, ahead) = _shares.Ahead;
            var work = await claim(new ClaimOrder(full, accountIds, ahead));
            lock (_working)
            {
                if (work is not null)
                {
                    _working.Add(accountOf(work));
                }
                else if (_working.Count == 0)
                {
                    _shares.Clear();
                }
            }

            return work;
        }
        finally
        {
            _claiming.Release();
        }
    }

    /// <summary>Ends the work of an account after the time that it has had.</summary>
    public void End(int accountId, int weight, TimeSpan time)
    {
        _shares.Add(accountId, weight, time.TotalSeconds);
        lock (_working)
        {
            _working.Remove(accountId);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _claiming.Dispose();

    private int[] Full()
    {
        lock (_working)
        {
            return
            [
                .. _working.CountBy(account => account).Where(account => account.Value >= mostPerAccount).Select(account => account.Key),
                .. closed.Ids,
            ];
        }
    }
}

/// <summary>In which order work is claimed, as arrays for SQL.</summary>
/// <param name="Full">The accounts that get no more workers: they have as many as they may, or were deleted.</param>
/// <param name="AccountIds">The accounts that have had more than others.</param>
/// <param name="Ahead">How much more; the accounts that are not named have had the least.</param>
public sealed record ClaimOrder(int[] Full, int[] AccountIds, double[] Ahead)
{
    /// <summary>The order of arrival.</summary>
    public static readonly ClaimOrder OfArrival = new([], [], []);
}
