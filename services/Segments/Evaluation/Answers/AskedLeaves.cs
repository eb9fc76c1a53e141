namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>
/// The questions about everyone that PostgreSQL is answering at the moment. A call with the same question waits for that answer instead of
/// asking again. Without this, many callers of a segment would all read the whole account when the process is new.
/// </summary>
internal sealed class AskedLeaves
{
    private readonly Dictionary<(int AccountId, string Key), Task> _asked = [];
    private readonly Lock _gate = new();

    /// <summary>Begins with some questions; null if one of them is being answered already, with the task to wait for before trying again.</summary>
    public Asking? TryBegin(int accountId, IReadOnlyCollection<string> keys, out Task? underWay)
    {
        lock (_gate)
        {
            underWay = keys.Select(key => _asked.GetValueOrDefault((accountId, key))).FirstOrDefault(task => task is not null);
            return underWay is null ? new Asking(this, accountId, keys) : null;
        }
    }

    /// <summary>Some questions that are being answered; dispose it when that is done or has failed.</summary>
    public sealed class Asking : IDisposable
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly AskedLeaves _owner;
        private readonly int _accountId;
        private readonly IReadOnlyCollection<string> _keys;

        public Asking(AskedLeaves owner, int accountId, IReadOnlyCollection<string> keys)
        {
            (_owner, _accountId, _keys) = (owner, accountId, keys);
            foreach (var key in keys)
            {
                owner._asked[(accountId, key)] = _done.Task;
            }
        }

        public void Dispose()
        {
            lock (_owner._gate)
            {
                foreach (var key in _keys)
                {
                    _owner._asked.Remove((_accountId, key));
                }
            }

            _done.SetResult();
        }
    }
}
