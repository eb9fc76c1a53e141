using Grpc.Core;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>An item that somebody watches, as it was last read. Not for several threads at once.</summary>
/// <param name="accountId">The account of the item.</param>
/// <param name="id">Its id.</param>
/// <param name="isMoving">Checks whether it may change while its row does not.</param>
public sealed class WatchedItem<T>(int accountId, Guid id, Func<T, bool> isMoving)
    where T : class, IEquatable<T>
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(10);

    // Reading what moves takes at most this share of the time.
    private const int CostFactor = 10;

    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _rowVersion;
    private TimeSpan _pause = s_shortestPause;
    private long _asked;
    private DateTimeOffset _nextRead;

    /// <summary>The account of the item.</summary>
    public int AccountId => accountId;

    /// <summary>The id of the item.</summary>
    public Guid Id => id;

    /// <summary>How many watch it.</summary>
    public int Watchers { get; set; }

    /// <summary>The item; null until it is read.</summary>
    public T? Current { get; private set; }

    /// <summary>The reads begun so far.</summary>
    public long Begun { get; private set; }

    /// <summary>The read that found <see cref="Current"/>.</summary>
    public long Read { get; private set; }

    /// <summary>Why it cannot be read any more; null as long as it can.</summary>
    public RpcException? Failure { get; private set; }

    /// <summary>Completes at the next change.</summary>
    public Task Changed => _changed.Task;

    /// <summary>Asks for a read that begins after this moment. Returns the number that it exceeds.</summary>
    public long Ask() => _asked = Begun;

    /// <summary>Whether it has to be read: it was asked for, its row has changed, or it may have moved.</summary>
    public bool IsDue(string? rowVersion, DateTimeOffset now) =>
        Failure is null && (Current is null || Read <= _asked || rowVersion != _rowVersion || (isMoving(Current) && now >= _nextRead));

    /// <summary>Begins a read.</summary>
    public long Begin() => ++Begun;

    /// <summary>Takes over what a read found. As long as nothing moves, the next reads are further and further apart.</summary>
    public void Complete(long read, T item, string? rowVersion, DateTimeOffset begun, DateTimeOffset now)
    {
        _pause = !item.Equals(Current) ? s_shortestPause : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, s_longestPause.Ticks));
        _nextRead = begun + TimeSpan.FromTicks(Math.Max(_pause.Ticks, (now - begun).Ticks * CostFactor));
        (Current, Read, _rowVersion) = (item, read, rowVersion);
        Tell();
    }

    /// <summary>Ends it: it is not there any more.</summary>
    public void Fail(RpcException failure)
    {
        Failure = failure;
        Tell();
    }

    private void Tell()
    {
        var changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
