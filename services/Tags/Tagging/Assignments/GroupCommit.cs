using Npgsql;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Tagging.Expiry;

namespace TagSegments.Tags.Tagging.Assignments;

/// <summary>
/// One transaction for many single changes. Plain ones take one round trip, which is also the commit; those that can be repeated or expire
/// need some more, because what is stored with them names the position.
/// </summary>
internal sealed class GroupCommit(NpgsqlDataSource database, ConsistencyTokens tokens, int accountId)
{
    /// <summary>Commits the group and completes its members; one about an unknown contact or tag fails alone.</summary>
    public async Task RunAsync(List<PendingChange> group)
    {
        if (group.TrueForAll(change => change.Request is null && change.ExpiresAt is null))
        {
            await RunPlainAsync(group);
            return;
        }

        // Nobody's cancellation stops it: it is the work of all who wait.
        var ct = CancellationToken.None;
        var outcomes = await AccountTransaction.RunAsync(database, accountId, transaction => RunAsync(transaction, group, ct), ct);
        foreach (var (change, outcome) in outcomes)
        {
            outcome(change);
        }
    }

    private async Task RunPlainAsync(List<PendingChange> group)
    {
        var isSingle = SingleStatement.Fits(group);
        if (isSingle && await RunSingleAsync(group[0]))
        {
            return;
        }

        var left = await RunPlainAsync(group, ensureChunks: isSingle);
        if (left.Count > 0)
        {
            await RunPlainAsync(left, ensureChunks: true);
        }
    }

    private async Task<bool> RunSingleAsync(PendingChange change)
    {
        if (await AccountTransaction.RetryAsync(() => SingleStatement.RunAsync(database, accountId, change), CancellationToken.None) is not { } position)
        {
            return false;
        }

        change.Complete(new ChangeOutcome(change.TagIds, tokens.Create(accountId, position.Pos, position.Nonce)));
        return true;
    }

    // A batch without a transaction of its own is one. Returns the changes that need a chunk first.
    private Task<List<PendingChange>> RunPlainAsync(List<PendingChange> group, bool ensureChunks) => AccountTransaction.RetryAsync(
        async () =>
        {
            await using var connection = await database.OpenConnectionAsync();
            await using var batch = connection.CreateBatch();
            GroupStatement.Add(batch, accountId, group, ensureChunks);
            return Complete(group, await GroupStatement.RunAsync(batch, group.Count, CancellationToken.None));
        },
        CancellationToken.None);

    private List<PendingChange> Complete(List<PendingChange> group, GroupResult result)
    {
        var token = tokens.Create(accountId, result.Position.Pos, result.Position.Nonce);
        var left = new List<PendingChange>();
        for (var number = 0; number < group.Count; number++)
        {
            if (result.LacksChunk(number))
            {
                left.Add(group[number]);
            }
            else if (result.Problem(number, group[number].ContactId) is { } problem)
            {
                group[number].Fail(problem);
            }
            else
            {
                group[number].Complete(new ChangeOutcome([.. result.Changed[number]], token));
            }
        }

        return left;
    }

    private async Task<List<(PendingChange Change, Action<PendingChange> Outcome)>> RunAsync(
        AccountTransaction transaction, List<PendingChange> group, CancellationToken ct)
    {
        var requests = new GroupRequests(transaction);
        var answered = await requests.ClaimAsync(group, ct);
        var outcomes = answered.Select(entry => (entry.Key, entry.Value)).ToList();
        var fresh = group.Where(change => !answered.ContainsKey(change)).ToList();
        await using var batch = transaction.CreateBatch();
        GroupStatement.Add(batch, accountId, fresh, ensureChunks: true);
        var result = await GroupStatement.RunAsync(batch, fresh.Count, ct);
        transaction.Adopt(result.Position);

        var token = tokens.Create(accountId, result.Position.Pos, result.Position.Nonce);
        var done = new List<(PendingChange Change, ChangeOutcome Outcome)>();
        for (var number = 0; number < fresh.Count; number++)
        {
            if (result.Problem(number, fresh[number].ContactId) is { } problem)
            {
                outcomes.Add((fresh[number], change => change.Fail(problem)));
            }
            else
            {
                done.Add((fresh[number], new ChangeOutcome([.. result.Changed[number]], token)));
            }
        }

        await KeepExpiriesAsync(transaction, [.. done.Select(entry => entry.Change)], result.Position, ct);
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
}
