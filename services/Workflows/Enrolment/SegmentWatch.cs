using System.Runtime.InteropServices;
using Crm.Segments.V1;
using Dapper;
using Npgsql;
using TagSegments.ServiceDefaults;
using TagSegments.Workflows.Execution;

namespace TagSegments.Workflows.Enrolment;

/// <summary>How segments are watched: the section <c>SegmentWatch</c>.</summary>
internal sealed record SegmentWatchOptions
{
    /// <summary>How often segments that start workflows are looked at, in seconds. Defaults to 60.</summary>
    public int Seconds { get; init; } = 60;
}

/// <summary>
/// Finds out who has come into a segment. A segment also changes by time alone, so it is looked at now and then, and compared with the look
/// before; who is new starts. What was seen is kept in the transaction of the enrolments.
/// </summary>
internal sealed class SegmentWatch(
    NpgsqlDataSource database, SegmentService.SegmentServiceClient segments, ActiveVersions versions, Wakeups wakeups, SegmentWatchOptions options)
{
    public TimeSpan Interval => TimeSpan.FromSeconds(options.Seconds);

    /// <summary>Looks at every segment that starts a published workflow.</summary>
    public async Task LookAtAllAsync(AccountInfo account, CancellationToken ct)
    {
        foreach (var segmentId in await WatchedAsync(account.Id, ct))
        {
            await LookAsync(account, segmentId, ct);
        }
    }

    /// <summary>
    /// Looks at a segment and enrols who was not in it at the look before. The first look enrols nobody, and so does one before which no
    /// workflow was published that it starts.
    /// </summary>
    public async Task LookAsync(AccountInfo account, Guid segmentId, CancellationToken ct)
    {
        var before = await LooksAsync(account.Id, segmentId, ct);
        var members = await MembersAsync(account, segmentId, ct);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var active = await versions.LockAsync(tx, account.Id, ct);
        var (looks, known) = await KnownAsync(tx, account.Id, segmentId, ct);
        if (looks != before)
        {
            // Another process has looked meanwhile, and its look is the newer one.
            return;
        }

        var entered = looks == 0 ? [] : members.Except(known).ToList();
        var enrolments =
            from contactId in entered
            from version in active
            let e = new FeedEvent($"segments/{segmentId}/{looks}/{contactId}", contactId, default) { SegmentId = segmentId }
            where version.ActiveUntil is null && version.StartsOn(e, "")
            select new Enrolment(version, e);
        await EnrolmentStore.StartAsync(tx, account.Id, active, [.. enrolments], ct);
        await SaveAsync(tx, account.Id, segmentId, members, ct);
        await tx.CommitAsync(ct);
        wakeups.Wake(account.Id);
    }

    private async Task<IReadOnlyList<Guid>> WatchedAsync(int accountId, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var active = await versions.LockAsync(tx, accountId, ct);
        return
        [
            .. active.Where(version => version.ActiveUntil is null)
                .SelectMany(version => version.Definition.Triggers)
                .Where(trigger => trigger.SegmentEntered is not null)
                .Select(trigger => Guid.Parse(trigger.SegmentEntered.SegmentId))
                .Distinct(),
        ];
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

    private async Task<long> LooksAsync(int accountId, Guid segmentId, CancellationToken ct)
    {
        const string sql = "SELECT looks FROM workflows.segment_members WHERE account_id = @accountId AND segment_id = @segmentId";
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(sql, new { accountId, segmentId }, cancellationToken: ct));
    }

    private static async Task<(long Looks, int[] ContactIds)> KnownAsync(NpgsqlTransaction tx, int accountId, Guid segmentId, CancellationToken ct)
    {
        const string sql = "SELECT looks, contact_ids FROM workflows.segment_members WHERE account_id = @accountId AND segment_id = @segmentId";
        return await tx.Connection!.QuerySingleOrDefaultAsync<(long, int[])>(
            new CommandDefinition(sql, new { accountId, segmentId }, tx, cancellationToken: ct));
    }

    private static Task SaveAsync(NpgsqlTransaction tx, int accountId, Guid segmentId, int[] members, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO workflows.segment_members AS known (account_id, segment_id, contact_ids)
            VALUES (@accountId, @segmentId, @members)
            ON CONFLICT (account_id, segment_id)
                DO UPDATE SET contact_ids = EXCLUDED.contact_ids, looks = known.looks + 1, looked_at = now()
            """;
        return tx.Connection!.ExecuteAsync(new CommandDefinition(sql, new { accountId, segmentId, members }, tx, cancellationToken: ct));
    }
}
