using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>The answers of PostgreSQL that this process keeps, by account and question, each with the clocks at which it was true.</summary>
internal sealed class AnswerStore(MemoryBudget memory, AnswerLoader loader)
{
    private readonly AccountCache<(int AccountId, string Key), KeptAnswer> _answers =
        new(memory, "segments.answers", (question, answer) => answer.Bytes + (sizeof(char) * question.Key.Length));

    /// <summary>The leaves whose answers are on their way and will be kept here.</summary>
    public AskedLeaves Asked { get; } = new();

    /// <summary>Brings answers to the moment of a snapshot.</summary>
    public AnswerLoader Loader => loader;

    /// <summary>Gets an answer that is still true at the present clocks; null if none is kept.</summary>
    public KeptAnswer? FindTrue(int accountId, Leaf leaf, AnswerClocks now) =>
        leaf.IsKept && Find(accountId, leaf.Key) is { } answer && loader.IsSame(leaf, answer.At, now) ? answer : null;

    /// <summary>Gets an answer; null if none is kept.</summary>
    public KeptAnswer? Find(int accountId, string key) => _answers.TryGet((accountId, key), out var answer) ? answer : null;

    /// <summary>Keeps an answer in place of an older one.</summary>
    public void Keep(int accountId, string key, KeptAnswer answer) => _answers.Set((accountId, key), answer);
}
