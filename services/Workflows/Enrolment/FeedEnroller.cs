using Dapper;
using Npgsql;

namespace TagSegments.Workflows.Enrolment;

/// <summary>Turns the events of a feed into runs. Runs and cursor move in one transaction, so every event is handled exactly once.</summary>
internal sealed class FeedEnroller(AccountDatabase database, ActiveVersions versions, Feeds feeds)
{
    /// <summary>
    /// Handles a batch and moves the cursor from <paramref name="after"/> to its end. Returns how many runs it touched; null if the cursor
    /// was elsewhere: another process reads this feed.
    /// </summary>
    public async Task<int?> HandleAsync(AccountInfo account, Feed feed, FeedBatch batch, string after, CancellationToken ct)
    {
        if (batch.Events.Count == 0)
        {
            await using var connection = await database.OpenAsync(account.Id, ct);
            return await MoveCursorAsync(connection, null, account.Id, feed, batch, after, ct) ? 0 : null;
        }

        using var span = Spans.Root("workflows.enrol", account.Id)?.SetTag("workflows.feed", feed.ToString()).SetTag("workflows.events", batch.Events.Count);
        var asksForNames = versions.LastSeen(account.Id).Any(version => version.AsksForTagNames);
        while (true)
        {
            // The tag service is called before the account is locked, so nobody waits for the lock while it answers.
            var names = asksForNames ? await TagNamesAsync(account.Name, batch, ct) : null;
            await using var connection = await database.OpenAsync(account.Id, ct);
            await using var tx = await connection.BeginTransactionAsync(ct);
            var locked = await versions.LockAsync(tx, account.Id, ct);
            var plan = await PlanAsync(locked, batch, names, ct);
            if (plan.LacksTagNames)
            {
                // A version that was not there at the last look: the next round asks for the names first.
                asksForNames = true;
                continue;
            }

            var touched = await EnrolAsync(locked, batch, plan, ct);
            if (!await MoveCursorAsync(connection, tx, account.Id, feed, batch, after, ct))
            {
                return null;
            }

            await tx.CommitAsync(ct);
            FeedMetrics.Handled(feed, batch);
            span?.SetTag("workflows.touched", touched);
            return touched;
        }
    }

    /// <summary>Gets how far a feed was handled.</summary>
    public async Task<string> PositionAsync(int accountId, Feed feed, CancellationToken ct)
    {
        const string sql = "SELECT position FROM workflows.cursor WHERE account_id = @accountId AND feed = @feed";
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QuerySingleAsync<string>(
            new CommandDefinition(sql, new { accountId, feed = (short)feed }, cancellationToken: ct));
    }

    private Task<IReadOnlyDictionary<int, string>> TagNamesAsync(string account, FeedBatch batch, CancellationToken ct) =>
        feeds.TagNamesAsync(account, batch.Events.Select(e => e.Tag?.TagId ?? 0).Where(id => id > 0).Distinct(), ct);

    private static async Task<EnrolmentPlan> PlanAsync(
        LockedAccount account, FeedBatch batch, IReadOnlyDictionary<int, string>? tagNames, CancellationToken ct)
    {
        var plan = new EnrolmentPlan(batch.Events, tagNames);
        foreach (var version in account.Versions)
        {
            plan.Add(version);
        }

        await ActiveVersions.ReadEndedAsync(account, batch.Events.Min(e => e.Time), plan.Add, ct);
        return plan;
    }

    private static async Task<int> EnrolAsync(LockedAccount account, FeedBatch batch, EnrolmentPlan plan, CancellationToken ct)
    {
        var touched = 0;
        var withCause = await Causation.OfMessagesAsync(account, plan.StartingEvents, ct);
        var removed = batch.Events.Select(e => e.RemovedTagId).Where(id => id > 0).Distinct();
        foreach (var part in plan.Parts(await EnrolmentStore.KeepersAsync(account, [.. removed], ct), withCause))
        {
            touched += await CarryOutAsync(account, part, ct);
        }

        if (account.Versions.Any(version => version.WatchedSegments.Any()))
        {
            await SegmentLooks.TouchAsync(account, ct);
        }

        return touched + await EnrolmentStore.WakeWatchingAsync(account, [.. batch.Events.SelectMany(e => e.Contacts).Distinct()], ct);
    }

    private static async Task<int> CarryOutAsync(LockedAccount account, PlanPart part, CancellationToken ct)
    {
        foreach (var enrolment in part.PutOff)
        {
            await Backlog.AddAsync(account, enrolment, ct);
        }

        var exited = await EnrolmentStore.ExitAsync(account, part.Exits, ct);
        var counts = await EnrolmentStore.StartAsync(account, part.Enrolments, ct);
        return part.PutOff.Count + exited + counts.Total;
    }

    private static async Task<bool> MoveCursorAsync(
        NpgsqlConnection connection, NpgsqlTransaction? tx, int accountId, Feed feed, FeedBatch batch, string after, CancellationToken ct)
    {
        const string sql = """
            UPDATE workflows.cursor
            SET position = @Position, seen = GREATEST(seen, @ClockPosition)
            WHERE account_id = @accountId AND feed = @feed AND position = @after
            """;
        return await connection.ExecuteAsync(new CommandDefinition(
            sql, new { accountId, feed = (short)feed, after, batch.Position, batch.ClockPosition }, tx, cancellationToken: ct)) == 1;
    }
}
