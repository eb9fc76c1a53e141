using Dapper;
using Npgsql;

namespace TagSegments.Workflows.Enrolment;

/// <summary>Turns the events of a feed into runs. Runs and cursor move in one transaction, so every event is handled exactly once.</summary>
internal sealed class FeedEnroller(AccountDatabase database, ActiveVersions versions, Feeds feeds)
{
    private static readonly Dictionary<int, string> s_noNames = [];

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

        var asksForNames = AskForTagNames(versions.LastSeen(account.Id));
        while (true)
        {
            // The tag service is called before the account is locked, so nobody waits for the lock while it answers.
            var names = asksForNames ? await TagNamesAsync(account.Name, batch, ct) : null;
            await using var connection = await database.OpenAsync(account.Id, ct);
            await using var tx = await connection.BeginTransactionAsync(ct);
            var locked = await versions.LockAsync(tx, account.Id, ct);
            if (names is null && AskForTagNames(locked.Versions))
            {
                // A version was published since the last look: the next round asks for the names first.
                asksForNames = true;
                continue;
            }

            var touched = await EnrolAsync(locked, batch, names ?? s_noNames, ct);
            if (!await MoveCursorAsync(connection, tx, account.Id, feed, batch, after, ct))
            {
                return null;
            }

            await tx.CommitAsync(ct);
            FeedMetrics.Handled(feed, batch);
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

    private static bool AskForTagNames(IReadOnlyList<ActiveVersion> active) => active.Any(version => version.AsksForTagNames);

    private Task<IReadOnlyDictionary<int, string>> TagNamesAsync(string account, FeedBatch batch, CancellationToken ct) =>
        feeds.TagNamesAsync(account, batch.Events.Select(e => e.Tag?.TagId ?? 0).Where(id => id > 0).Distinct(), ct);

    private static async Task<int> EnrolAsync(
        LockedAccount account, FeedBatch batch, IReadOnlyDictionary<int, string> tagNames, CancellationToken ct)
    {
        var touched = 0;
        var events = await Causation.OfMessagesAsync(account, batch.Events, ct);
        foreach (var part in EnrolmentPlan.Make(account.Versions, events, tagNames).Parts)
        {
            touched += await CarryOutAsync(account, part, ct);
        }

        if (account.Versions.Any(version => version.WatchesSegments))
        {
            await SegmentLooks.TouchAsync(account, ct);
        }

        return account.Versions.Any(version => version.MayWatch)
            ? touched + await EnrolmentStore.WakeWatchingAsync(account, [.. batch.Events.SelectMany(e => e.Contacts).Distinct()], ct)
            : touched;
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
