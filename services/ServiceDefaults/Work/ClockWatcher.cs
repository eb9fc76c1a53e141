using System.Threading.Channels;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>The moves of clocks that one watcher of a <see cref="ClockFeed"/> has not seen yet: at most one entry per account, however slow it is.</summary>
internal sealed class ClockWatcher
{
    private readonly Lock _gate = new();
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(1);
    private Dictionary<int, long> _moved = [];
    private bool _hasGap;

    /// <summary>Adds moves. After a gap, the watcher needs all clocks.</summary>
    public void Report(IReadOnlyList<KeyValuePair<int, long>> moved, bool hasGap)
    {
        if (moved.Count == 0 && !hasGap)
        {
            return;
        }

        lock (_gate)
        {
            _hasGap |= hasGap;
            foreach (var (accountId, pos) in moved)
            {
                _moved[accountId] = pos;
            }

        }

        _news.Writer.TryWrite(true);
    }

    /// <summary>Waits for moves and takes them; null if it is time for all clocks: after a gap, or when the patience ends.</summary>
    public async Task<IReadOnlyCollection<KeyValuePair<int, long>>?> NextAsync(TimeSpan patience, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(patience > TimeSpan.Zero ? patience : TimeSpan.Zero);
        try
        {
            await _news.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }

        lock (_gate)
        {
            var (moved, hasGap) = (_moved, _hasGap);
            (_moved, _hasGap) = ([], false);
            return hasGap ? null : moved;
        }
    }
}
