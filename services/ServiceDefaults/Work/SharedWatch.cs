using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>
/// Watches items for all callers of this process. One short query per tick finds the rows that changed; an item is read once for all who watch it.
/// Without watchers nothing is asked.
/// </summary>
public abstract class SharedWatch<T>(TimeProvider time, ILogger logger) : PollingService(TimeSpan.FromMilliseconds(500), logger)
    where T : class, IEquatable<T>
{
    private const int ReadsAtOnce = 4;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, WatchedItem<T>> _watched = [];
    private long _ticks;
    private long _reads;

    /// <summary>How often it has looked for changed rows.</summary>
    public long Ticks => Interlocked.Read(ref _ticks);

    /// <summary>How many items are watched.</summary>
    public int Watched
    {
        get
        {
            lock (_gate)
            {
                return _watched.Count;
            }
        }
    }

    /// <summary>How often it has read an item.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    /// <summary>Returns an item as it is now, and again after each change, until it is over. Throws NOT_FOUND when it is not there any more.</summary>
    public async IAsyncEnumerable<T> WatchAsync(int accountId, Guid id, [EnumeratorCancellation] CancellationToken ct)
    {
        var (watched, asked) = Enter(accountId, id);
        try
        {
            for (T? last = null; last is null || !IsOver(last);)
            {
                var (current, changed) = Look(watched, asked);
                if (current is null || current.Equals(last))
                {
                    await changed.WaitAsync(ct);
                    continue;
                }

                last = current;
                yield return current;
            }
        }
        finally
        {
            Leave(watched);
        }
    }

    /// <summary>Gets the versions of the rows of items: whatever changes with each write.</summary>
    protected abstract Task<Dictionary<Guid, string>> VersionsAsync(int[] accountIds, Guid[] ids, CancellationToken ct);

    /// <summary>Reads an item or throws NOT_FOUND.</summary>
    protected abstract Task<T> ReadAsync(int accountId, Guid id, CancellationToken ct);

    /// <summary>Checks whether nothing about an item changes any more.</summary>
    protected abstract bool IsOver(T item);

    /// <summary>Checks whether an item may change while its row does not. It is then read again and again.</summary>
    protected virtual bool IsMoving(T item) => false;

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        WatchedItem<T>[] watched;
        lock (_gate)
        {
            watched = [.. _watched.Values];
        }

        if (watched.Length > 0)
        {
            Interlocked.Increment(ref _ticks);
            var versions = await VersionsAsync([.. watched.Select(item => item.AccountId)], [.. watched.Select(item => item.Id)], ct);
            await Parallel.ForEachAsync(
                watched,
                new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = ct },
                async (item, stop) => await ReadAsync(item, versions.GetValueOrDefault(item.Id), stop));
        }

        return false;
    }

    private (WatchedItem<T> Watched, long Asked) Enter(int accountId, Guid id)
    {
        WatchedItem<T>? watched;
        long asked;
        lock (_gate)
        {
            if (!_watched.TryGetValue(id, out watched))
            {
                _watched[id] = watched = new WatchedItem<T>(accountId, id, IsMoving);
            }

            watched.Watchers++;
            asked = watched.Ask();
        }

        Wake();
        return (watched, asked);
    }

    private void Leave(WatchedItem<T> watched)
    {
        lock (_gate)
        {
            if (--watched.Watchers == 0)
            {
                _watched.Remove(watched.Id);
            }
        }
    }

    // What was read before the watcher came is too old for it.
    private (T? Current, Task Changed) Look(WatchedItem<T> watched, long asked)
    {
        lock (_gate)
        {
            return watched.Failure is { } failure
                ? throw new RpcException(failure.Status, failure.Trailers)
                : (watched.Read > asked ? watched.Current : null, watched.Changed);
        }
    }

    private async ValueTask ReadAsync(WatchedItem<T> watched, string? rowVersion, CancellationToken ct)
    {
        var begun = time.GetUtcNow();
        long read;
        lock (_gate)
        {
            if (!watched.IsDue(rowVersion, begun))
            {
                return;
            }

            read = watched.Begin();
        }

        Interlocked.Increment(ref _reads);
        try
        {
            var item = await ReadAsync(watched.AccountId, watched.Id, ct);
            lock (_gate)
            {
                watched.Complete(read, item, rowVersion, begun, time.GetUtcNow());
            }
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            // It was deleted with its account. The others go on.
            lock (_gate)
            {
                watched.Fail(e);
            }
        }
    }
}
