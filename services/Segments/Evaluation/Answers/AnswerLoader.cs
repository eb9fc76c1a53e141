using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>
/// Brings kept answers to the moment of a snapshot: a contact that may have changed since, by the logs, becomes unknown. An answer is believed
/// only if this database once was at the very positions, with the very nonces, at which it was true, and the logs reach back to them.
/// </summary>
internal class AnswerLoader(LeafQueryLimits limits)
{
    /// <summary>How much is asked at once.</summary>
    public LeafQueryLimits Limits => limits;

    /// <summary>Creates the reader of changes in a snapshot.</summary>
    public virtual SnapshotChanges ChangesIn(Snapshot snapshot) => new(snapshot);

    /// <summary>Whether everything that a leaf depends on is the same at two moments.</summary>
    public virtual bool IsSame(Leaf leaf, AnswerClocks then, AnswerClocks now) =>
        (!leaf.UsesRecords || then.Records == now.Records)
        && (leaf.TagId == 0 || then.Floor == now.Floor)
        && ((!leaf.UsesActivity && leaf.Suppressions is null) || then.Activity == now.Activity)
        && (!leaf.UsesNames || then.Names == now.Names);

    /// <summary>Brings an answer forward; null if it is of no use.</summary>
    public async Task<KeptAnswer?> BringForwardAsync(SnapshotChanges changes, Leaf leaf, KeptAnswer answer, CancellationToken ct)
    {
        var (then, now) = (answer.At, AnswerClocks.Of(changes.Snapshot.Clocks));
        if (IsSame(leaf, then, now))
        {
            return answer with { At = now };
        }

        var changed = await ChangedAsync(changes, leaf, then, now, ct);
        return changed is not null && changed.Count <= limits.MostChanged ? answer.Forget(changed, now) : null;
    }

    /// <summary>Finds the contacts for whom the answer may have changed; null if the logs cannot say.</summary>
    protected virtual async Task<IReadOnlyCollection<int>?> ChangedAsync(
        SnapshotChanges changes, Leaf leaf, AnswerClocks then, AnswerClocks now, CancellationToken ct)
    {
        if ((leaf.UsesNames && then.Names != now.Names) || (leaf.TagId != 0 && then.Floor != now.Floor))
        {
            return null;
        }

        var parts = new List<IReadOnlyCollection<int>?>();
        if (leaf.TagId != 0 && then.Records != now.Records)
        {
            parts.Add(await changes.TagAsync(leaf.TagId, then.Records, limits.MostChanged, ct));
        }

        // A tag's log or an activity does not say that the contact's time zone changed.
        if ((leaf.UsesContact || (leaf.UsesRecords && leaf.TagId == 0)) && then.Records != now.Records)
        {
            parts.Add(await changes.RecordsAsync(then.Records, limits.MostChanged, ct));
        }

        if (then.Activity != now.Activity)
        {
            parts.Add(
                leaf.UsesActivity ? await changes.ActivityAsync(then.Activity, limits.MostChanged, ct)
                : leaf.Suppressions is { } channel ? await changes.SuppressionsAsync(channel, then.Activity, limits.MostChanged, ct)
                : []);
        }

        return parts.Contains(null) ? null : parts.Count == 1 ? parts[0] : [.. parts.SelectMany(part => part!)];
    }
}
