using TagSegments.Segments.Evaluation.Answers;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;

namespace TagSegments.Testing.Histories.Wrong;

/// <summary>A wrong variant: believes kept answers longer than the protocol allows.</summary>
/// <param name="limits">How much is asked at once.</param>
/// <param name="overlooks">Takes two moments and gives the earlier one as it would be if something had not happened since.</param>
/// <param name="believes">Whether positions of the database's past are taken for its own without a look at their nonce.</param>
internal sealed class WrongAnswers(LeafQueryLimits limits, Func<Leaf, AnswerClocks, AnswerClocks, AnswerClocks> overlooks, bool believes = false)
    : AnswerLoader(limits)
{
    public override bool IsSame(Leaf leaf, AnswerClocks then, AnswerClocks now) => base.IsSame(leaf, overlooks(leaf, then, now), now);

    public override SnapshotChanges ChangesIn(Snapshot snapshot) => believes ? new CredulousChanges(snapshot) : base.ChangesIn(snapshot);

    protected override Task<IReadOnlyCollection<int>?> ChangedAsync(
        SnapshotChanges changes, Leaf leaf, AnswerClocks then, AnswerClocks now, CancellationToken ct) =>
        base.ChangedAsync(changes, leaf, overlooks(leaf, then, now), now, ct);

    private sealed class CredulousChanges(Snapshot snapshot) : SnapshotChanges(snapshot)
    {
        protected override Task<bool> KnowsRecordsAsync(ClockPosition position, CancellationToken ct) =>
            Task.FromResult(position.Pos <= Snapshot.Clocks.Records.Pos);

        protected override Task<bool> KnowsActivityAsync(ClockPosition position, CancellationToken ct) =>
            Task.FromResult(position.Pos <= Snapshot.Clocks.Activity.Pos);
    }
}
