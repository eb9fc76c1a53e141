using System.Threading.Channels;

namespace TagSegments.Campaigns.Lanes;

/// <summary>Letters that wait for a lane: single messages first, each kind in the order in which it came.</summary>
internal sealed class LetterQueue
{
    // More than the lanes take before the next ones are there, and few enough that what was read of their contacts is still fresh.
    private const int Enough = 2_000;
    private readonly Channel<(bool IsCampaign, long Number, Letter Letter)> _letters =
        System.Threading.Channels.Channel.CreateUnboundedPrioritized(new UnboundedPrioritizedChannelOptions<(bool IsCampaign, long Number, Letter Letter)>
        {
            Comparer = Comparer<(bool IsCampaign, long Number, Letter Letter)>.Create(
                (a, b) => (a.IsCampaign, a.Number).CompareTo((b.IsCampaign, b.Number))),
        });

    private long _number;
    private int _singles;
    private TaskCompletionSource? _room;

    /// <summary>How many letters wait.</summary>
    public int Count => _letters.Reader.Count;

    /// <summary>Whether more letters would only wait.</summary>
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

    public void Add(Letter letter)
    {
        Interlocked.Add(ref _singles, letter.Source.IsSingle ? 1 : 0);
        _letters.Writer.TryWrite((!letter.Source.IsSingle, Interlocked.Increment(ref _number), letter));
    }

    /// <summary>Takes up to so many letters, none if none waits.</summary>
    public List<Letter> Take(int most)
    {
        var taken = new List<Letter>();
        while (taken.Count < most && _letters.Reader.TryRead(out var next))
        {
            Interlocked.Add(ref _singles, next.IsCampaign ? 0 : -1);
            taken.Add(next.Letter);
        }

        if (!IsFull)
        {
            Interlocked.Exchange(ref _room, null)?.TrySetResult();
        }

        return taken;
    }

    public async Task WaitAsync(CancellationToken ct) => await _letters.Reader.WaitToReadAsync(ct);
}
