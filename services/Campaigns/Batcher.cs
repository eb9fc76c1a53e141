using System.Threading.Channels;

namespace TagSegments.Campaigns;

/// <summary>
/// Runs concurrent small writes together: while one batch is written, the items that arrive wait and make up the next one. Under load the
/// price of a commit is shared, without load an item waits for nothing.
/// </summary>
internal sealed class Batcher<TItem, TResult> : IAsyncDisposable
{
    private readonly Channel<(TItem Item, TaskCompletionSource<TResult> Done)> _waiting;
    private readonly Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> _write;
    private readonly int _maxItems;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    /// <summary><paramref name="write"/> gets up to <paramref name="maxItems"/> items and returns a result for each, in the same order.</summary>
    public Batcher(int maxItems, Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> write)
    {
        _waiting = Channel.CreateBounded<(TItem, TaskCompletionSource<TResult>)>(
            new BoundedChannelOptions(10 * maxItems) { SingleReader = true });
        _write = write;
        _maxItems = maxItems;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Writes an item with others. Cancelling stops the wait, not a write that has begun.</summary>
    public async Task<TResult> AddAsync(TItem item, CancellationToken ct)
    {
        var done = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _waiting.Writer.WriteAsync((item, done), ct);
        return await done.Task.WaitAsync(ct);
    }

    /// <summary>Writes what waits, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_waiting.Writer.TryComplete())
        {
            await _loop;
            _stop.Dispose();
        }
    }

    private async Task RunAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync())
        {
            var batch = new List<(TItem Item, TaskCompletionSource<TResult> Done)>();
            while (batch.Count < _maxItems && _waiting.Reader.TryRead(out var next))
            {
                batch.Add(next);
            }

            await WriteAsync(batch);
        }
    }

    private async Task WriteAsync(List<(TItem Item, TaskCompletionSource<TResult> Done)> batch)
    {
        try
        {
            var results = await _write([.. batch.Select(entry => entry.Item)], _stop.Token);
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Done.SetResult(results[i]);
            }
        }
        catch (Exception e)
        {
            // Every waiting caller learns of it; nobody may be left waiting.
            foreach (var (_, done) in batch)
            {
                done.SetException(e);
                _ = done.Task.Exception;
            }
        }
    }
}
