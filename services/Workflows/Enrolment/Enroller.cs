using Crm.Workflows.V1;
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
        var events = await Causation.OfMessagesAsync(tx, accountId, active, batch.Events, ct);
        foreach (var part in EnrolmentPlan.Make(active, events, names).Parts)
        {
            touched += await CarryOutAsync(tx, accountId, active, part, ct);
        }

        if (active.Any(version => version.MayWatch))
        {
            touched += await EnrolmentStore.WakeWatchingAsync(tx, accountId, [.. batch.Events.SelectMany(e => e.Contacts).Distinct()], ct);
        }

        if (!await MoveCursorAsync(tx, accountId, feed, after, batch.Position, ct))
        {
            return null;
        }

        await tx.CommitAsync(ct);
        WorkflowMetrics.Handled(feed, batch);
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

        var counts = await EnrolmentStore.StartAsync(tx, accountId, active, [.. events.Select(e => new Enrolment(version, e))], ct);
        if (!isDryRun)
        {
            await tx.CommitAsync(ct);
        }

        return counts;
    }

    /// <summary>Tells what would become of an event that a version starts on.</summary>
    public async Task<(Run.Types.State State, string Reason)> DecideAsync(
        int accountId, ActiveVersion version, FeedEvent e, CancellationToken ct)
    {
        var enrolment = new Enrolment(version, e);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        return (await EntryRules.LoadAsync(tx, accountId, [enrolment], ct)).Decide(enrolment);
    }

    /// <summary>Makes runs of enrolments that were put off, at most so many; returns how many, 0 if there are none left.</summary>
    public async Task<int> WorkOffAsync(int accountId, int limit, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        if (!await Backlog.AnyAsync(connection, accountId, ct))
        {
            return 0;
        }

        await using var tx = await connection.BeginTransactionAsync(ct);
        var active = await versions.LockAsync(tx, accountId, ct);
        var next = await Backlog.TakeNextAsync(tx, accountId, active, limit, ct);
        await EnrolmentStore.InsertAsync(tx, accountId, next, ct);
        await tx.CommitAsync(ct);
        return next.Count;
    }

    /// <summary>Makes runs of all enrolments of a workflow that were put off, in the caller's transaction, and keeps others from being added until its end.</summary>
    public async Task WorkOffAllAsync(NpgsqlTransaction tx, int accountId, Guid workflowId, CancellationToken ct)
    {
        var active = await versions.LockAsync(tx, accountId, ct);
        await EnrolmentStore.InsertAsync(tx, accountId, await Backlog.TakeAllAsync(tx, accountId, active, workflowId, ct), ct);
    }

    /// <summary>Gets how far a feed was handled.</summary>
    public async Task<string> PositionAsync(int accountId, Feed feed, CancellationToken ct)
    {
        const string sql = "SELECT position FROM workflows.cursor WHERE account_id = @accountId AND feed = @feed";
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QuerySingleAsync<string>(
            new CommandDefinition(sql, new { accountId, feed = (short)feed }, cancellationToken: ct));
    }

    private static async Task<int> CarryOutAsync(
        NpgsqlTransaction tx, int accountId, IReadOnlyList<ActiveVersion> active, PlanPart part, CancellationToken ct)
    {
        foreach (var enrolment in part.PutOff)
        {
            await Backlog.AddAsync(tx, accountId, enrolment, ct);
        }

        var exited = await EnrolmentStore.ExitAsync(tx, accountId, active, part.Exits, ct);
        var counts = await EnrolmentStore.StartAsync(tx, accountId, active, part.Enrolments, ct);
        return part.PutOff.Count + exited + counts.Total;
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
