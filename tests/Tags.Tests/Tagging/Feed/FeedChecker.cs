namespace TagSegments.Tags.Tests.Tagging.Feed;

/// <summary>One event of a feed: its place in the order that the feed promises, and the change of a contact's tag.</summary>
internal readonly record struct FeedEvent(long Pos, int Seq, int ContactId, int TagId, bool On);

/// <summary>Compares the events that a consumer of a feed has seen with the committed ones, by the promises of the feed alone.</summary>
internal static class FeedChecker
{
    /// <summary>Lists the broken promises: lost, twice, never committed, out of order; for each contact and tag, added and removed in turns.</summary>
    public static List<string> Violations(IReadOnlyCollection<FeedEvent> committed, IReadOnlyList<FeedEvent> seen)
    {
        var violations = new List<string>();
        violations.AddRange(committed.Except(seen).Select(e => $"lost {e}"));
        violations.AddRange(seen.Except(committed).Select(e => $"never committed {e}"));
        violations.AddRange(seen.GroupBy(e => e).Where(group => group.Count() > 1).Select(group => $"{group.Count()} times {group.Key}"));
        violations.AddRange(seen.GroupBy(e => (e.TagId, e.ContactId)).SelectMany(OutOfOrder));
        violations.AddRange(seen.GroupBy(e => (e.TagId, e.ContactId)).SelectMany(NotInTurns));
        return violations;
    }

    private static IEnumerable<string> OutOfOrder<TKey>(IGrouping<TKey, FeedEvent> events) =>
        events.Zip(events.Skip(1)).Where(pair => Place(pair.First).CompareTo(Place(pair.Second)) > 0).Select(pair => $"{pair.Second} behind {pair.First}");

    private static IEnumerable<string> NotInTurns<TKey>(IGrouping<TKey, FeedEvent> events) =>
        events.Select((e, index) => (e, index)).Where(entry => entry.e.On != (entry.index % 2 == 0)).Select(entry => $"{entry.e} comes out of turn").Take(1);

    private static (long Pos, int Seq) Place(FeedEvent e) => (e.Pos, e.Seq);
}
