namespace TagSegments.ServiceDefaults.Pipeline.Streams;

/// <summary>Counts something by holder and in all, up to a limit of both.</summary>
internal sealed class Tally(long most)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _holders = [];
    private long _total;

    /// <summary>Whether the limit of all holders is reached.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return _total >= most;
            }
        }
    }

    /// <summary>Adds an amount unless a limit is passed.</summary>
    public bool TryAdd(string holder, long amount, long mostOfHolder)
    {
        lock (_gate)
        {
            var held = _holders.GetValueOrDefault(holder) + amount;
            if (held > mostOfHolder || _total + amount > most)
            {
                return false;
            }

            _holders[holder] = held;
            _total += amount;
            return true;
        }
    }

    /// <summary>Takes an amount back. A holder of nothing is forgotten.</summary>
    public void Remove(string holder, long amount)
    {
        lock (_gate)
        {
            _total -= amount;
            var held = _holders.GetValueOrDefault(holder) - amount;
            if (held > 0)
            {
                _holders[holder] = held;
            }
            else
            {
                _holders.Remove(holder);
            }
        }
    }
}
