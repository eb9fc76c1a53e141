using Crm.Segments.V1;
using TagSegments.Filters.Facts;
using TagSegments.Filters.Tree;

namespace TagSegments.Segments.Definitions.Versions;

/// <summary>
/// Pairs the members of two groups: an equal member if there is one, else the one that shares most clauses, else a clause about the same
/// subject.
/// </summary>
internal sealed class FilterPairs
{
    private readonly IReadOnlyList<Filter> _olds;
    private readonly IReadOnlyList<Filter> _news;
    private readonly int?[] _partners;
    private readonly HashSet<int> _free;

    private FilterPairs(IReadOnlyList<Filter> olds, IReadOnlyList<Filter> news)
    {
        (_olds, _news) = (olds, news);
        _partners = new int?[news.Count];
        _free = [.. Enumerable.Range(0, olds.Count)];
    }

    /// <summary>Gets for each new member the place of the old one that it comes from; null for a new one.</summary>
    public static int?[] Of(IReadOnlyList<Filter> olds, IReadOnlyList<Filter> news)
    {
        var pairs = new FilterPairs(olds, news);
        pairs.PairBy(filter => filter);
        pairs.PairBySharedClauses();
        pairs.PairBy(filter => ClauseFacts.Of(filter).Subject);
        return pairs._partners;
    }

    // In order, so that of several equal members the first is paired with the first.
    private void PairBy(Func<Filter, object?> key)
    {
        var places = new Dictionary<object, Queue<int>>();
        foreach (var i in _free.Order())
        {
            if (key(_olds[i]) is { } known)
            {
                (places.TryGetValue(known, out var queue) ? queue : places[known] = new Queue<int>()).Enqueue(i);
            }
        }

        for (var j = 0; j < _news.Count; j++)
        {
            if (_partners[j] is null && key(_news[j]) is { } wanted && places.TryGetValue(wanted, out var queue) && queue.TryDequeue(out var i))
            {
                Pair(i, j);
            }
        }
    }

    private void PairBySharedClauses()
    {
        var holders = _free.Order().SelectMany(i => FilterTree.Clauses(_olds[i]).Distinct().Select(clause => (clause, i))).ToLookup(entry => entry.clause, entry => entry.i);
        var shared = Enumerable.Range(0, _news.Count)
            .Where(j => _partners[j] is null)
            .SelectMany(j => FilterTree.Clauses(_news[j]).Distinct().SelectMany(clause => holders[clause]).CountBy(i => i).Select(count => (Old: count.Key, New: j, count.Value)))
            .OrderByDescending(pair => pair.Value);
        foreach (var (old, @new, _) in shared)
        {
            if (_partners[@new] is null && _free.Contains(old))
            {
                Pair(old, @new);
            }
        }
    }

    private void Pair(int old, int @new)
    {
        _partners[@new] = old;
        _free.Remove(old);
    }
}
