using TagSegments.Filters.Facts;
using TagSegments.Segments.Evaluation.Answers;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;
using TagSegments.Testing.Histories.Wrong;

namespace TagSegments.Testing.Histories;

/// <summary>Plausible protocols that are wrong. Histories that let one of them pass prove nothing.</summary>
internal static class Mutants
{
    public static IReadOnlyList<Protocol> All { get; } =
    [
        new("W1: positions are drawn before the commit") { DrawsPositionsEarly = true },
        new("W2: members and position lie in two keys")
        {
            Cache = (redis, metrics) => new SplitCache(redis, metrics),
            KeyEndings = [SplitCache.Members, SplitCache.Position],
        },
        new("W3: the snapshot is opened before Redis is read")
        {
            ReadsRedisLate = true,
            Loader = (cache, metrics) => new CredulousLoader(
                cache, metrics, (snapshot, position, known) => known || position.Pos > snapshot.Clocks.Records.Pos),
        },
        new("W4: the log is applied in the order of transaction ids") { Loader = (cache, metrics) => new XidLoader(cache, metrics) },
        new("F13: positions are believed without their nonce")
        {
            Loader = (cache, metrics) => new CredulousLoader(
                cache, metrics, (snapshot, position, _) => position.Pos <= snapshot.Clocks.Records.Pos && position.Pos >= snapshot.Clocks.Floor),
        },
        new("the log is applied across a gap") { Loader = (cache, metrics) => new CredulousLoader(cache, metrics, (_, _, known) => known) },
        new("a clock read under way is shared with late comers") { SharesClockReads = true },
        new("a snapshot in use is shared with late comers") { SharesSnapshots = true },
        Overlooking("changes of contacts", (_, then, now) => then with { Records = now.Records }),
        Overlooking("changes of opportunities", (leaf, then, now) =>
            leaf.Cost == ClauseCost.Opportunities ? then with { Records = now.Records } : then),
        Overlooking("activity", (leaf, then, now) => leaf.UsesActivity ? then with { Activity = now.Activity } : then),
        Overlooking("suppressions", (leaf, then, now) => leaf.Suppressions is null ? then : then with { Activity = now.Activity }),
        Overlooking("new names of stages", (_, then, now) => then with { Names = now.Names }),
        Overlooking("what retention took from the log of a tag", (_, then, now) => then with { Floor = now.Floor }),
        new("kept answers: positions are believed without their nonce")
        {
            Answers = limits => new WrongAnswers(limits, (_, then, _) => then, believes: true),
        },
    ];

    private static Protocol Overlooking(string what, Func<Leaf, AnswerClocks, AnswerClocks, AnswerClocks> overlooks) =>
        new($"kept answers overlook {what}") { Answers = limits => new WrongAnswers(limits, overlooks) };
}
