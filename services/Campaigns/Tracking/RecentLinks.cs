using System.Collections.Concurrent;

namespace TagSegments.Campaigns.Tracking;

/// <summary>
/// The links that need not be asked for in the database, because an event of theirs was counted a moment ago or is about to be. It only spares
/// work: what it has forgotten, the database decides. Links are kept in two generations, so that forgetting the older half costs nothing.
/// </summary>
internal sealed class RecentLinks
{
    private const int MostLinks = 50_000;
    private readonly Lock _lock = new();
    private ConcurrentDictionary<string, DateTime> _young = new();
    private ConcurrentDictionary<string, DateTime> _old = new();
    private DateTime _born;

    /// <summary>Whether an event of the link may count now. If so, the next one may only after the window.</summary>
    public bool TryTake(string link, DateTime at, TimeSpan window)
    {
        Age(at, window);
        if (_old.TryGetValue(link, out var free) && at < free)
        {
            return false;
        }

        var taken = false;
        _young.AddOrUpdate(
            link,
            _ =>
            {
                taken = true;
                return at + window;
            },
            (_, until) =>
            {
                taken = at >= until;
                return taken ? at + window : until;
            });
        return taken;
    }

    /// <summary>Corrects when the next event of a link may count.</summary>
    public void Set(string link, DateTime free)
    {
        _old.TryRemove(link, out _);
        _young[link] = free;
    }

    private void Age(DateTime now, TimeSpan window)
    {
        lock (_lock)
        {
            if (now - _born >= window || _young.Count >= MostLinks)
            {
                (_old, _young, _born) = (_young, new(), now);
            }
        }
    }
}
