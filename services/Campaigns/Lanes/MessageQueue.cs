namespace TagSegments.Campaigns.Lanes;

/// <summary>
/// Messages that wait for a lane. The next message is of the account that has had the fewest for its weight; within an account, single messages
/// come first, each kind in order of arrival.
/// </summary>
/// <param name="weightOf">Gets the weight of an account by its name.</param>
internal sealed class MessageQueue(Func<string, int> weightOf)
{
    // More than the lanes take before the next ones arrive, and few enough that the data of their contacts is still fresh.
    private const int Enough = 2_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Account> _accounts = [];
    private readonly PriorityQueue<Account, (double Had, long Number)> _turns = new();
    private double _now;
    private long _number;
    private int _count;
    private int _singles;
    private TaskCompletionSource? _room;
    private TaskCompletionSource _some = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many messages wait.</summary>
    public int Count => Volatile.Read(ref _count);

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
        lock (_gate)
        {
            if (!_accounts.TryGetValue(message.Source.AccountId, out var account))
            {
                // An account that had no messages does not save up its turns.
                _accounts[message.Source.AccountId] = account = new Account { Had = _now };
                _turns.Enqueue(account, (_now, _number++));
            }

            (message.Source.IsSingle ? account.Singles : account.Campaigns).Enqueue(message);
            _singles += message.Source.IsSingle ? 1 : 0;
            _count++;
            CampaignMetrics.Queued(1);
            _some.TrySetResult();
        }
    }

    /// <summary>Takes messages, at most <paramref name="most"/>; none if none waits.</summary>
    public List<QueuedMessage> Take(int most)
    {
        var taken = new List<QueuedMessage>();
        lock (_gate)
        {
            while (taken.Count < most && _turns.TryDequeue(out var account, out _))
            {
                taken.Add(Take(account));
            }

            if (_count == 0 && _some.Task.IsCompleted)
            {
                _some = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        if (!IsFull)
        {
            Interlocked.Exchange(ref _room, null)?.TrySetResult();
        }

        return taken;
    }

    /// <summary>Waits until messages wait.</summary>
    public Task WaitAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            return _some.Task.WaitAsync(ct);
        }
    }

    private QueuedMessage Take(Account account)
    {
        var isSingle = account.Singles.TryDequeue(out var message);
        message ??= account.Campaigns.Dequeue();
        _singles -= isSingle ? 1 : 0;
        _count--;
        CampaignMetrics.Queued(-1);
        _now = account.Had;
        account.Had += 1.0 / weightOf(message.Source.AccountName);
        if (account.Singles.Count + account.Campaigns.Count > 0)
        {
            _turns.Enqueue(account, (account.Had, _number++));
        }
        else
        {
            _accounts.Remove(message.Source.AccountId);
        }

        return message;
    }

    private sealed class Account
    {
        // Messages for each unit of weight.
        public double Had { get; set; }

        public Queue<QueuedMessage> Singles { get; } = new();

        public Queue<QueuedMessage> Campaigns { get; } = new();
    }
}
