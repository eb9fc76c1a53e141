using Dapper;
using Npgsql;

namespace TagSegments.Workflows.Enrolment;

/// <summary>Turns the events of a feed into runs. Runs and cursor move in one transaction, so every event is handled exactly once.</summary>
internal sealed class Enroller(NpgsqlDataSource database, ActiveVersions versions, Feeds feeds)
{
    /// <summary>
    /// Handles a batch and moves the cursor from <paramref name="after"/> to its end. Returns how many runs it touched; null if the cursor
    /// was elsewhere: another process reads this feed.
    /// </summary>
    public async Task<int?> HandleAsync(int accountId, string account, Feed feed, FeedBatch batch, string after, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var active = await versions.LockAsync(tx, accountId, ct);
        var names = active.Any(version => version.AsksForTagNames)
            ? await feeds.TagNamesAsync(account, batch.Events.Select(e => e.Tag?.TagId ?? 0).Where(id => id > 0).Distinct(), ct)
            : new Dictionary<int, string>();
        var touched = 0;
        foreach (var part in EnrolmentPlan.Make(active, batch.Events, names).Parts)
        {
            touched += part.Exits.Count > 0
                ? await EnrolmentStore.ExitAsync(tx, accountId, part.Exits, ct)
                : (await EnrolmentStore.InsertAsync(tx, accountId, part.Enrolments, ct)).Total;
        }

        if (active.Any(version => version.MayWatch))
        {
            touched += await EnrolmentStore.WakeWatchingAsync(tx, accountId, [.. batch.Events.Select(e => e.ContactId).Distinct()], ct);
        }

        if (!await MoveCursorAsync(tx, accountId, feed, after, batch.Position, ct))
        {
            return null;
        }

        await tx.CommitAsync(ct);
        return touched;
    }

    /// <summary>
    /// Enrols contacts into the version of a workflow that takes events now, by its rules; null if it is not published. Events that it was
    /// given before enrol nobody again. A dry run only counts.
    /// </summary>
    public async Task<EnrolmentCounts?> EnrolAsync(
        int accountId, Guid workflowId, IReadOnlyList<FeedEvent> events, CancellationToken ct, bool isDryRun = false)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var active = await versions.LockAsync(tx, accountId, ct);
        if (active.SingleOrDefault(version => version.WorkflowId == workflowId && version.ActiveUntil is null) is not { } version)
        {
            return null;
        }

        var counts = await EnrolmentStore.InsertAsync(tx, accountId, [.. events.Select(e => new Enrolment(version, e))], ct);
        if (!isDryRun)
        {
            await tx.CommitAsync(ct);
        }

        return counts;
    }

    /// <summary>Gets how far a feed was handled.</summary>
    public async Task<string> PositionAsync(int accountId, Feed feed, CancellationToken ct)
    {
        const string sql = "SELECT position FROM workflows.cursor WHERE account_id = @accountId AND feed = @feed";
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QuerySingleAsync<string>(
            new CommandDefinition(sql, new { accountId, feed = (short)feed }, cancellationToken: ct));
    }

    private static async Task<bool> MoveCursorAsync(
        NpgsqlTransaction tx, int accountId, Feed feed, string after, string position, CancellationToken ct)
    {
        const string sql = """
            UPDATE workflows.cursor
            SET position = @position
            WHERE account_id = @accountId AND feed = @feed AND position = @after
            """;
        return await tx.Connection!.ExecuteAsync(new CommandDefinition(
            sql, new { accountId, feed = (short)feed, after, position }, tx, cancellationToken: ct)) == 1;
    }
}
