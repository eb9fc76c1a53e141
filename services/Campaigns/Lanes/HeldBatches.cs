using TagSegments.Campaigns.Ledger;

namespace TagSegments.Campaigns.Lanes;

/// <summary>Batches that this process holds and sends together, and how many of their messages are still under way.</summary>
internal sealed class HeldBatches(IReadOnlyList<Batch> batches)
{
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _underWay;
    private volatile bool _broken;

    public IReadOnlyList<Batch> Batches => batches;

    /// <summary>Ends when no message of them is under way.</summary>
    public Task Finished => _finished.Task;

    /// <summary>
    /// Whether the outcome of a message is lost: then the batches are left alone, and settled when their lease has ended.
    /// </summary>
    public bool IsBroken => _broken;

    public void Start(int messages)
    {
        _underWay = messages;
        if (messages == 0)
        {
            _finished.TrySetResult();
        }
    }

    /// <summary>One message is not under way any more: its outcome is stored, or it waits again.</summary>
    public void Complete()
    {
        if (Interlocked.Decrement(ref _underWay) == 0)
        {
            _finished.TrySetResult();
        }
    }

    public void Break()
    {
        _broken = true;
        _finished.TrySetResult();
    }
}
