using System.Runtime.InteropServices;
using Crm.Segments.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows.Enrolment;

/// <summary>How segments are watched: the section <c>SegmentWatch</c>.</summary>
internal sealed record SegmentWatchOptions
{
    /// <summary>How often segments that start workflows are read, in seconds. Defaults to 60.</summary>
    public int Seconds { get; init; } = 60;

    /// <summary>How soon they are read again if something has happened to a contact, in seconds. Defaults to 5.</summary>
    public int AfterEventSeconds { get; init; } = 5;
}

/// <summary>
/// Finds the contacts that have entered a segment. A segment also changes with time alone, so its members are read from time to time and
/// compared with the members before; new ones start. The members are saved in the transaction of the enrolments.
/// </summary>
internal sealed class SegmentWatch(
    AccountDatabase database,
    SegmentService.SegmentServiceClient segments,
    ActiveVersions versions,
    DueWatch due,
    ILogger<SegmentWatch> logger)
{
    /// <summary>Reads every segment that starts a published workflow, and skips segments that cannot be read.</summary>
    public async Task LookAtAllAsync(AccountInfo account, CancellationToken ct)
    {
        foreach (var segmentId in await WatchedAsync(account.Id, ct))
        {
            try
            {
                await LookAsync(account, segmentId, ct);
            }
            catch (RpcException e) when (!ct.IsCancellationRequested)
            {
                // The segment service is down, or the segment is broken: the members of the last reading stay.
                logger.SegmentNotSeen(e, segmentId, account.Name);
            }
        }
    }

    /// <summary>
    /// Reads a segment and enrols the contacts that were not in it before. The first reading enrols nobody, nor does the first one after the
    /// publication of a workflow that the segment starts.
    /// </summary>
    public async Task LookAsync(AccountInfo account, Guid segmentId, CancellationToken ct)
    {
        var (before, now) = await LooksAsync(account.Id, segmentId, ct);
        var members = await MembersAsync(account, segmentId, ct);
        await using var connection = await database.OpenAsync(account.Id, ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var locked = await versions.LockAsync(tx, account.Id, ct);
        var (looks, lookedAt, known) = await KnownAsync(tx, account.Id, segmentId, ct);
        if (looks != before)
        {
            // Another process has read it meanwhile, and its reading is newer.
            return;
        }

        int[] entered = looks == 0 ? [] : [.. members.Except(known)];
        var cause = await Causation.OfEntriesAsync(locked, entered, lookedAt, ct);
        var enrolments =
            from contactId in entered
            from version in locked.Versions
            let e = new FeedEvent($"segments/{segmentId}/{looks}/{contactId}", contactId, default) { SegmentId = segmentId, Cause = cause(contactId) }
            where version.StartsOn(e, "")
            select new Enrolment(version.Entrance, e);
        await EnrolmentStore.StartAsync(locked, [.. enrolments], ct);
        await SaveAsync(tx, account.Id, segmentId, now, members, ct);
        await tx.CommitAsync(ct);
        due.Wake(account);
    }

    private async Task<IReadOnlyList<Guid>> WatchedAsync(int accountId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(accountId, ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var locked = await versions.LockAsync(tx, accountId, ct);
        Guid[] watched = [.. locked.Versions.SelectMany(version => version.WatchedSegments).Distinct()];
        if (watched.Length == 0)
        {
            await SegmentLooks.EndAsync(locked, ct);
            await tx.CommitAsync(ct);
        }

        return watched;
    }

    private async Task<int[]> MembersAsync(AccountInfo account, Guid segmentId, CancellationToken ct)
    {
        var members = new List<int>();
        using var stream = segments.StreamMatches(
            new() { Account = account.Name, Source = new() { SegmentId = segmentId.ToString() } }, cancellationToken: ct);
        while (await stream.ResponseStream.MoveNext(ct))
        {
            members.AddRange(MemoryMarshal.Cast<byte, int>(stream.ResponseStream.Current.ContactIds.Span));
        }

        return [.. members];
    }

    // The time is taken before the members are read, so that no entry among them is later.
    private async Task<(long Looks, DateTime Now)> LooksAsync(int accountId, Guid segmentId, CancellationToken ct)
    {
        const string sql = """
            SELECT COALESCE((SELECT looks FROM workflows.segment_members WHERE account_id = @accountId AND segment_id = @segmentId), 0), clock_timestamp()
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QuerySingleAsync<(long, DateTime)>(new CommandDefinition(sql, new { accountId, segmentId }, cancellationToken: ct));
    }

    private static async Task<(long Looks, DateTime LookedAt, int[] ContactIds)> KnownAsync(
        NpgsqlTransaction tx, int accountId, Guid segmentId, CancellationToken ct)
    {
        const string sql = """
            SELECT looks, looked_at, contact_ids FROM workflows.segment_members WHERE account_id = @accountId AND segment_id = @segmentId
            """;
        return await tx.Connection!.QuerySingleOrDefaultAsync<(long, DateTime, int[])>(
            new CommandDefinition(sql, new { accountId, segmentId }, tx, cancellationToken: ct));
    }

    private static Task SaveAsync(NpgsqlTransaction tx, int accountId, Guid segmentId, DateTime now, int[] members, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO workflows.segment_members AS known (account_id, segment_id, contact_ids, looked_at)
            VALUES (@accountId, @segmentId, @members, @now)
            ON CONFLICT (account_id, segment_id)
                DO UPDATE SET contact_ids = EXCLUDED.contact_ids, looks = known.looks + 1, looked_at = EXCLUDED.looked_at
            """;
        return tx.Connection!.ExecuteAsync(new CommandDefinition(sql, new { accountId, segmentId, now, members }, tx, cancellationToken: ct));
    }
}
