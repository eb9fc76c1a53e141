namespace TagSegments.ServiceDefaults.Work;

/// <summary>
/// Knows whether other accounts have just called, here or at a service that this one uses. Two of them are enough to know that for every account,
/// so it remembers no more.
/// </summary>
public sealed class RecentCallers(TimeProvider time)
{
    // Long enough to bridge the pauses of a caller, and of calls between services.
    private static readonly TimeSpan s_recent = TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private readonly LastTwo _here = new();
    private readonly LastTwo _elsewhere = new();

    /// <summary>Accounts that have just called here. What other services said is not among them: it would go round between services forever.</summary>
    public IReadOnlyList<int> Here
    {
        get
        {
            lock (_gate)
            {
                return [.. _here.Since(Oldest)];
            }
        }
    }

    /// <summary>Notes a call of an account here.</summary>
    public void Note(int accountId) => Note(_here, accountId);

    /// <summary>Notes that another service has just been called by an account.</summary>
    public void NoteElsewhere(int accountId) => Note(_elsewhere, accountId);

    /// <summary>Whether an account other than this one has just called.</summary>
    public bool AreOthers(int accountId)
    {
        lock (_gate)
        {
            return _here.Since(Oldest).Concat(_elsewhere.Since(Oldest)).Any(caller => caller != accountId);
        }
    }

    private long Oldest => time.GetTimestamp() - (long)(s_recent.TotalSeconds * time.TimestampFrequency);

    private void Note(LastTwo callers, int accountId)
    {
        lock (_gate)
        {
            callers.Add(accountId, time.GetTimestamp());
        }
    }

    private sealed class LastTwo
    {
        private (int AccountId, long At)? _last;
        private (int AccountId, long At)? _before;

        public void Add(int accountId, long at)
        {
            _before = _last is { } last && last.AccountId != accountId ? last : _before;
            _last = (accountId, at);
        }

        public IEnumerable<int> Since(long oldest) =>
            new[] { _last, _before }.OfType<(int AccountId, long At)>().Where(caller => caller.At >= oldest).Select(caller => caller.AccountId);
    }
}
