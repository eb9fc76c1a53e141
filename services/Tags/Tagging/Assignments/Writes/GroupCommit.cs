using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Tagging.Expiry;

namespace TagSegments.Tags.Tagging.Assignments.Writes;

/// <summary>
/// One transaction for many single changes. Plain ones take one round trip, which is also the commit. Changes that can be repeated or expire
/// need some more, because what is stored with them names the position.
/// </summary>
internal sealed class GroupCommit(AccountDatabase database, RequestLog log, ConsistencyTokens tokens, int accountId)
{
    /// <summary>Commits the group and completes its members; a change of an unknown contact or tag fails alone.</summary>
    public Task CommitAsync(List<PendingChange> group) => group.TrueForAll(change => change.Request is null && change.ExpiresAt is null)
        ? CommitPlainAsync(group)
        : CommitStoredAsync(group);

    private async Task CommitPlainAsync(List<PendingChange> group)
    {
        var isOne = OneChangeStatement.Fits(group);
        if (isOne && await TryCommitOneAsync(group[0]))
        {
            return;
        }

        var left = await CommitManyAsync(group, ensureChunks: isOne);
        if (left.Count > 0)
        {
            await CommitManyAsync(left, ensureChunks: true);
        }
    }

    private async Task<bool> TryCommitOneAsync(PendingChange change)
    {
        if (await TransactionRetry.RunAsync(() => OneChangeStatement.RunAsync(database, accountId, change), CancellationToken.None) is not { } position)
        {
            return false;
        }

        change.Complete(new ChangeOutcome(change.TagIds, tokens.Create(accountId, position.Pos, position.Nonce)));
        return true;
    }

    // A batch without a transaction of its own is one. Returns the changes that need a chunk first.
    private Task<List<PendingChange>> CommitManyAsync(List<PendingChange> group, bool ensureChunks) => TransactionRetry.RunAsync(
        async () =>
        {
            await using var connection = await database.OpenAsync(accountId);
            await using var batch = connection.CreateBatch();
            ManyChangesStatement.Add(batch, accountId, group, ensureChunks);
            return Complete(group, await ManyChangesStatement.RunAsync(batch, group.Count, CancellationToken.None));
        },
        CancellationToken.None);

    private List<PendingChange> Complete(List<PendingChange> group, ChangeVerdicts verdicts)
    {
        var token = Token(verdicts);
        var left = new List<PendingChange>();
        for (var number = 0; number < group.Count; number++)
        {
            if (verdicts.LacksChunk(number))
            {
                left.Add(group[number]);
            }
            else if (verdicts.Problem(number, group[number].ContactId) is { } problem)
            {
                group[number].Fail(problem);
            }
            else
            {
                group[number].Complete(new ChangeOutcome([.. verdicts.Changed[number]], token));
            }
        }

        return left;
    }

    // The callers hear of it after the commit only.
    private async Task CommitStoredAsync(List<PendingChange> group)
    {
        // Nobody's cancellation stops it: it is the work of all who wait.
        var ct = CancellationToken.None;
        var outcomes = await AccountTransaction.RunAsync(database, accountId, transaction => ApplyAsync(transaction, group, ct), ct);
        foreach (var (change, outcome) in outcomes)
        {
            outcome(change);
        }
    }

    private async Task<List<(PendingChange Change, Action<PendingChange> Outcome)>> ApplyAsync(
        AccountTransaction transaction, List<PendingChange> group, CancellationToken ct)
    {
        var claims = new RequestClaims(log, transaction);
        var answered = await claims.ClaimAsync(group, ct);
        var outcomes = answered.Select(entry => (entry.Key, entry.Value)).ToList();
        var fresh = group.Where(change => !answered.ContainsKey(change)).ToList();
        await using var batch = transaction.CreateBatch();
        ManyChangesStatement.Add(batch, accountId, fresh, ensureChunks: true);
        var verdicts = await ManyChangesStatement.RunAsync(batch, fresh.Count, ct);
        transaction.Adopt(verdicts.Position);

        var token = Token(verdicts);
        var done = new List<(PendingChange Change, ChangeOutcome Outcome)>();
        for (var number = 0; number < fresh.Count; number++)
        {
            if (verdicts.Problem(number, fresh[number].ContactId) is { } problem)
            {
                outcomes.Add((fresh[number], change => change.Fail(problem)));
            }
            else
            {
                done.Add((fresh[number], new ChangeOutcome([.. verdicts.Changed[number]], token)));
            }
        }

        await KeepExpiriesAsync(transaction, [.. done.Select(entry => entry.Change)], verdicts.Position, ct);
        await claims.FinishAsync(done, outcomes.Select(entry => entry.Item1), ct);
        return [.. outcomes, .. done.Select(entry => (entry.Change, (Action<PendingChange>)(change => change.Complete(entry.Outcome))))];
    }

    private string Token(ChangeVerdicts verdicts) => tokens.Create(accountId, verdicts.Position.Pos, verdicts.Position.Nonce);

    private static async Task KeepExpiriesAsync(
        AccountTransaction transaction, List<PendingChange> changes, ClockPosition position, CancellationToken ct)
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
