using System.Threading.Channels;

namespace TagSegments.Campaigns.Lanes;

/// <summary>Messages that wait for a lane: single messages first, each kind in order of arrival.</summary>
internal sealed class MessageQueue
{
    // More than the lanes take before the next ones arrive, and few enough that the data of their contacts is still fresh.
    private const int Enough = 2_000;
    private readonly Channel<(bool IsCampaign, long Number, QueuedMessage Message)> _messages =
        System.Threading.Channels.Channel.CreateUnboundedPrioritized(new UnboundedPrioritizedChannelOptions<(bool IsCampaign, long Number, QueuedMessage Message)>
        {
            Comparer = Comparer<(bool IsCampaign, long Number, QueuedMessage Message)>.Create(
                (a, b) => (a.IsCampaign, a.Number).CompareTo((b.IsCampaign, b.Number))),
        });

    private long _number;
    private int _singles;
    private TaskCompletionSource? _room;

    /// <summary>How many messages wait.</summary>
    public int Count => _messages.Reader.Count;

    /// <summary>Whether more messages would only wait.</summary>
    public bool IsFull => Count >= Enough;

    /// <summary>Whether more single messages would only wait.</summary>
    public bool IsFullOfSingles => Volatile.Read(ref _singles) >= Enough;

    /// <summary>Waits until a full queue has room.</summary>
    public Task WaitForRoomAsync()
    {
        var room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _room, room);
        return IsFull ? room.Task : Task.CompletedTask;
    }

    public void Add(QueuedMessage message)
    {
        Interlocked.Add(ref _singles, message.Source.IsSingle ? 1 : 0);
        _messages.Writer.TryWrite((!message.Source.IsSingle, Interlocked.Increment(ref _number), message));
    }

    /// <summary>Takes messages, at most <paramref name="most"/>; none if none waits.</summary>
    public List<QueuedMessage> Take(int most)
    {
        var taken = new List<QueuedMessage>();
        while (taken.Count < most && _messages.Reader.TryRead(out var next))
        {
            Interlocked.Add(ref _singles, next.IsCampaign ? 0 : -1);
            taken.Add(next.Message);
        }

        if (!IsFull)
        {
            Interlocked.Exchange(ref _room, null)?.TrySetResult();
        }

        return taken;
    }

    public async Task WaitAsync(CancellationToken ct) => await _messages.Reader.WaitToReadAsync(ct);
}
