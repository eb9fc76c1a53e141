using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Facts;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using Change = Crm.Segments.V1.DiffLine.Types.Change;

namespace TagSegments.Segments.Definitions.Versions;

/// <summary>
/// Compares two filters clause by clause. The order in a group makes no difference; a filter that was moved into a group, or out of one, is
/// found there.
/// </summary>
internal sealed class FilterDiff
{
    private readonly FilterCatalog _catalog;
    private readonly List<DiffLine> _lines = [];

    private FilterDiff(FilterCatalog catalog) => _catalog = catalog;

    /// <summary>Gets the lines of both filters, each marked as kept, added or removed.</summary>
    public static IReadOnlyList<DiffLine> Between(Filter before, Filter after, FilterCatalog catalog)
    {
        var diff = new FilterDiff(catalog);
        diff.Compare(before, after, 0);
        return diff._lines;
    }

    private void Compare(Filter before, Filter after, int depth)
    {
        if (before.Equals(after))
        {
            Add(Change.Same, before, depth);
        }
        else if (FilterTree.Members(before).Count + FilterTree.Members(after).Count == 0)
        {
            Add(Change.Removed, before, depth);
            Add(Change.Added, after, depth);
        }
        else if (before.KindCase == after.KindCase)
        {
            Add(Change.Same, ClauseFacts.Of(before).GroupName!, depth);
            CompareMembers(FilterTree.Members(before), FilterTree.Members(after), depth + 1);
        }
        else
        {
            CompareDifferent(before, after, depth);
        }
    }

    // If one of the two holds the other, as far as that can be seen, it gained or lost a level.
    private void CompareDifferent(Filter before, Filter after, int depth)
    {
        var (olds, news) = (FilterTree.Members(before), FilterTree.Members(after));
        var wrapped = news.Contains(before) || olds.Count == 0;
        var unwrapped = !wrapped && (olds.Contains(after) || news.Count == 0);
        if (!wrapped)
        {
            Add(Change.Removed, ClauseFacts.Of(before).GroupName!, depth);
        }

        if (!unwrapped)
        {
            Add(Change.Added, ClauseFacts.Of(after).GroupName!, depth);
        }

        CompareMembers(wrapped ? [before] : olds, unwrapped ? [after] : news, depth + 1);
    }

    private void CompareMembers(IReadOnlyList<Filter> olds, IReadOnlyList<Filter> news, int depth)
    {
        var partners = FilterPairs.Of(olds, news);
        var kept = partners.ToHashSet();
        var next = 0;
        foreach (var (member, partner) in news.Zip(partners))
        {
            next = AddRemoved(olds, kept, next, partner, depth);
            if (partner is { } i)
            {
                Compare(olds[i], member, depth);
                next = Math.Max(next, i + 1);
            }
            else
            {
                Add(Change.Added, member, depth);
            }
        }

        AddRemoved(olds, kept, next, olds.Count, depth);
    }

    // A removed member is shown before the member that followed it, or before its replacement.
    private int AddRemoved(IReadOnlyList<Filter> olds, HashSet<int?> kept, int next, int? until, int depth)
    {
        for (; next < (until ?? olds.Count) && (until is not null || !kept.Contains(next)); next++)
        {
            if (!kept.Contains(next))
            {
                Add(Change.Removed, olds[next], depth);
            }
        }

        return next;
    }

    private void Add(Change change, Filter filter, int depth)
    {
        Add(change, ClauseFacts.Of(filter).GroupName ?? FilterPrinter.Print(filter, _catalog), depth);
        foreach (var member in FilterTree.Members(filter))
        {
            Add(change, member, depth + 1);
        }
    }

    private void Add(Change change, string text, int depth) => _lines.Add(new DiffLine { Change = change, Depth = depth, Text = text });
}
