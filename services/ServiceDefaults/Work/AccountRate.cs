namespace TagSegments.ServiceDefaults.Work;

/// <summary>
/// Keeps each account to a number per second; after a quiet second, twice as many may come at once. An account is remembered only until it
/// could do everything again (the generic cell rate algorithm: ITU-T I.371).
/// </summary>
public sealed class AccountRate(TimeProvider time)
{
    private const int SmallestSweep = 64;
    private readonly Lock _gate = new();

    // Up to when each account has used its rate.
    private readonly Dictionary<int, long> _usedUntil = [];
    private int _sweepAt = SmallestSweep;

    /// <summary>How many accounts are remembered.</summary>
    public int Remembered
    {
        get
        {
            lock (_gate)
            {
                return _usedUntil.Count;
            }
        }
    }

    /// <summary>Takes one of the account. Returns zero, or the time after which there is one again if there is none.</summary>
    public TimeSpan Take(int accountId, int perSecond)
    {
        var now = time.GetTimestamp();
        var share = time.TimestampFrequency / (double)perSecond;
        lock (_gate)
        {
            var usedUntil = Math.Max(now, _usedUntil.GetValueOrDefault(accountId));
            var wait = usedUntil - now - (((2L * perSecond) - 1) * share);
            // The quiet second may be rounded.
            if (wait > 1)
            {
                return TimeSpan.FromSeconds(wait / time.TimestampFrequency);
            }

            _usedUntil[accountId] = usedUntil + Math.Max(1, (long)share);
            Sweep(now);
            return TimeSpan.Zero;
        }
    }

    private void Sweep(long now)
    {
        if (_usedUntil.Count < _sweepAt)
        {
            return;
        }

        foreach (var (accountId, _) in _usedUntil.Where(account => account.Value <= now).ToList())
        {
            _usedUntil.Remove(accountId);
        }

        _sweepAt = Math.Max(SmallestSweep, 2 * _usedUntil.Count);
    }
}
