using System.Collections.Concurrent;

namespace TagSegments.Testing.Histories;

/// <summary>What histories have seen together.</summary>
internal sealed class HistoryTally
{
    private int _histories;
    private int _evaluations;

    public int Histories => _histories;

    public int Evaluations => _evaluations;

    public ConcurrentDictionary<string, int> Faults { get; } = [];

    /// <summary>Answers that were not the truth, each with what is needed to see it again.</summary>
    public ConcurrentQueue<string> Wrong { get; } = [];

    public void AddHistory() => Interlocked.Increment(ref _histories);

    public void AddEvaluation() => Interlocked.Increment(ref _evaluations);

    public void AddFault(string name) => Faults.AddOrUpdate(name, 1, (_, count) => count + 1);
}
