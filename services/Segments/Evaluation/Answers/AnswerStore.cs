using System.Collections.Concurrent;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>
/// The answers of PostgreSQL that this process keeps, by account and question, each with the clocks at which it was true. When they take too
/// much memory, the least recently used go.
/// </summary>
internal sealed class AnswerStore(IConfiguration configuration, AnswerLoader loader)
{
    private const int KeptAfterPruning = 3;
    private readonly long _most = configuration.GetValue("Segments:KeptMegabytes", 512L) * 1024 * 1024;
    private readonly ConcurrentDictionary<(int AccountId, string Key), Entry> _entries = [];
    private readonly Lock _pruning = new();
    private long _bytes;

    /// <summary>The leaves whose answers are on their way and will be kept here.</summary>
    public AskedLeaves Asked { get; } = new();

    /// <summary>Brings answers to the moment of a snapshot.</summary>
    public AnswerLoader Loader => loader;

    /// <summary>Gets an answer that is still true at the present clocks; null if none is kept.</summary>
    public KeptAnswer? FindTrue(int accountId, Leaf leaf, AnswerClocks now) =>
        leaf.IsKept && Find(accountId, leaf.Key) is { } answer && loader.IsSame(leaf, answer.At, now) ? answer : null;

    /// <summary>Gets an answer; null if none is kept.</summary>
    public KeptAnswer? Find(int accountId, string key)
    {
        if (!_entries.TryGetValue((accountId, key), out var entry))
        {
            return null;
        }

        entry.UsedAt = Environment.TickCount64;
        return entry.Answer;
    }

    /// <summary>Keeps an answer in place of an older one.</summary>
    public void Keep(int accountId, string key, KeptAnswer answer)
    {
        var entry = new Entry(answer, key.Length * sizeof(char)) { UsedAt = Environment.TickCount64 };
        long change = entry.Bytes;
        _entries.AddOrUpdate((accountId, key), entry, (_, old) =>
        {
            change = entry.Bytes - old.Bytes;
            return entry;
        });
        if (Interlocked.Add(ref _bytes, change) > _most)
        {
            Prune();
        }
    }

    private void Prune()
    {
        lock (_pruning)
        {
            if (_bytes <= _most)
            {
                return;
            }

            foreach (var (key, entry) in _entries.OrderBy(entry => entry.Value.UsedAt))
            {
                if (_bytes <= _most / (KeptAfterPruning + 1) * KeptAfterPruning)
                {
                    return;
                }

                if (_entries.TryRemove(KeyValuePair.Create(key, entry)))
                {
                    Interlocked.Add(ref _bytes, -entry.Bytes);
                }
            }
        }
    }

    private sealed class Entry(KeptAnswer answer, int keyBytes)
    {
        public KeptAnswer Answer => answer;

        public long Bytes { get; } = answer.Bytes + keyBytes + 256;

        public long UsedAt { get; set; }
    }
}
