namespace TagSegments.ServiceDefaults.Work;

/// <summary>
/// Remembers which accounts have had more than others for their weight, for work that waits in a database: whose turn it is, is whose account
/// has had the least. Time before an account had work is not saved up, and an account is forgotten when the others have caught up.
/// </summary>
public sealed class FairShares
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, double> _had = [];
    private double _now;

    /// <summary>The accounts that have had more than those whose turn it is, and how much more.</summary>
    public (int[] AccountIds, double[] Ahead) Ahead
    {
        get
        {
            lock (_gate)
            {
                return ([.. _had.Keys], [.. _had.Values.Select(had => had - _now)]);
            }
        }
    }

    /// <summary>How much more an account has had than those whose turn it is.</summary>
    public double AheadOf(int accountId)
    {
        lock (_gate)
        {
            return _had.TryGetValue(accountId, out var had) ? had - _now : 0;
        }
    }

    /// <summary>Adds what an account has had in its turn.</summary>
    public void Add(int accountId, int weight, double cost)
    {
        lock (_gate)
        {
            // It was its turn, so nobody who waits has had less.
            var before = Math.Max(_now, _had.GetValueOrDefault(accountId));
            _now = before;
            _had[accountId] = before + (cost / weight);
            foreach (var (other, _) in _had.Where(entry => entry.Value <= _now).ToList())
            {
                _had.Remove(other);
            }
        }
    }

    /// <summary>Begins anew, when no account has work that waits.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _had.Clear();
            _now = 0;
        }
    }
}
