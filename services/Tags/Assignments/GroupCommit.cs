using System.Globalization;
using Npgsql;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Expiry;

namespace TagSegments.Tags.Assignments;

/// <summary>
/// One transaction for many single changes, in three round trips: lock the chunks and read what is there; write what changes, the logs and
/// the clock; commit. The changes take effect in the order in which they waited.
/// </summary>
internal sealed class GroupCommit(NpgsqlDataSource database, ConsistencyTokens tokens, int accountId)
{
    /// <summary>Commits the group and completes its members; one about an unknown contact or tag fails alone.</summary>
    public async Task RunAsync(List<PendingChange> group)
    {
        // Nobody's cancellation stops it: it is the work of all who wait.
        var ct = CancellationToken.None;
        var outcomes = await AccountTransaction.RunAsync(database, accountId, transaction => RunAsync(transaction, group, ct), ct);
        foreach (var (change, outcome) in outcomes)
        {
            outcome(change);
        }
    }

    private async Task<List<(PendingChange Change, Action<PendingChange> Outcome)>> RunAsync(
        AccountTransaction transaction, List<PendingChange> group, CancellationToken ct)
    {
        var requests = new GroupRequests(transaction);
        var answered = await requests.ClaimAsync(group, ct);
        var fresh = group.Where(change => !answered.ContainsKey(change)).ToList();
        var state = await GroupState.LockAsync(transaction, fresh, ct);

        var changed = new List<(PendingChange Change, int[] TagIds)>();
        var outcomes = answered.Select(entry => (entry.Key, entry.Value)).ToList();
        foreach (var change in fresh)
        {
            if (Problem(state, change) is { } problem)
            {
                outcomes.Add((change, failed => failed.Fail(problem)));
            }
            else
            {
                changed.Add((change, Apply(transaction, state, change)));
            }
        }

        await using var batch = transaction.CreateBatch();
        state.AddWrites(batch);
        var position = await transaction.StampAsync(batch, ct);
        var token = tokens.Create(accountId, position.Pos, position.Nonce);
        var done = changed.ConvertAll(entry => (entry.Change, Outcome: new ChangeOutcome(entry.TagIds, token)));
        await KeepExpiriesAsync(transaction, [.. changed.Select(entry => entry.Change)], position, ct);
        await requests.FinishAsync(done, outcomes.Select(entry => entry.Item1), ct);
        return [.. outcomes, .. done.Select(entry => (entry.Change, (Action<PendingChange>)(change => change.Complete(entry.Outcome))))];
    }

    private static async Task KeepExpiriesAsync(
        AccountTransaction transaction, List<PendingChange> changes, Position position, CancellationToken ct)
    {
        var expiries = changes
            .Where(change => change.ExpiresAt is not null)
            .SelectMany(change => change.TagIds.Select(tagId => (tagId, change.ContactId, change.ExpiresAt!.Value)))
            .ToList();
        if (expiries.Count > 0)
        {
            await using var batch = transaction.CreateBatch();
            ExpiryStore.AddKeep(batch, transaction.AccountId, expiries, position.Pos);
            await batch.ExecuteNonQueryAsync(ct);
        }
    }

    private static Exception? Problem(GroupState state, PendingChange change)
    {
        if (!state.IsLiving(change.ContactId))
        {
            return RpcErrors.NotFound("contact", change.ContactId.ToString(CultureInfo.InvariantCulture));
        }

        var unknown = change.TagIds.Where(tagId => !state.Exists(tagId)).Cast<int?>().FirstOrDefault();
        return unknown is { } tagId ? RpcErrors.NotFound("tag", tagId.ToString(CultureInfo.InvariantCulture)) : null;
    }

    private static int[] Apply(AccountTransaction transaction, GroupState state, PendingChange change)
    {
        var changed = change.TagIds.Where(tagId => state.Set(tagId, change.ContactId, change.On)).ToArray();
        foreach (var tagId in changed)
        {
            transaction.LogTag(tagId, change.On, change.ContactId, change.Cause);
        }

        return changed;
    }
}
