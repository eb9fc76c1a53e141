using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Activities;

/// <summary>
/// Records activities: the roll-up per contact, then the clock, then the rows that carry its position, all in one transaction and one round
/// trip. Rows are locked in the order of contacts and the clock after them, so concurrent recorders wait for one another but never in a circle.
/// </summary>
internal sealed class ActivityRecorder : IAsyncDisposable
{
    /// <summary>The most activities of a call that are recorded together with those of others; more are worth a transaction of their own.</summary>
    public const int MostTogether = 10;

    private const int MaxCalls = 1_000;
    private readonly AccountDatabase _database;
    private readonly AccountCoalescers<Call, Recorded> _accounts;
    private readonly FairQueue _turns;

    public ActivityRecorder(AccountDatabase database, FairQueue turns)
    {
        _turns = turns;
        _database = database;
        _accounts = new(accountId => new(
            calls => TransactionRetry.RunAsync(() => WriteAsync(accountId, calls, CancellationToken.None), CancellationToken.None), MaxCalls)
        {
            Span = ("campaigns.record", accountId),
        });
    }

    /// <summary>Records a few activities, all or none, together with others of the account that wait at the same time.</summary>
    public Task<Recorded> RecordAsync(int accountId, IReadOnlyList<ActivityEvent> activities, CancellationToken ct) =>
        _accounts.RunAsync(accountId, new Call(activities), ct);

    /// <summary>Waits for the turn of an account that records many activities at once. Few are recorded together with others of the account.</summary>
    public Task<IDisposable> EnterAsync(AccountInfo account, CancellationToken ct) => _turns.EnterAsync(account, ct);

    /// <summary>
    /// Records activities, and that the suppression list was changed, in the caller's transaction, which should do nothing afterwards: the clock
    /// row is locked.
    /// </summary>
    public static async Task<Recorded> RecordAsync(
        NpgsqlTransaction tx,
        int accountId,
        IReadOnlyList<ActivityEvent> activities,
        CancellationToken ct,
        bool suppressions = false,
        bool skipWorkflows = false)
    {
        var fresh = await FreshAsync(tx.Connection!, accountId, activities, ct);
        return await RecordFreshAsync(tx.Connection!, accountId, fresh, suppressions, skipWorkflows, ct);
    }

    /// <summary>Counts the activities that would be recorded: without known keys, and each key once.</summary>
    public async Task<int> CountFreshAsync(int accountId, IReadOnlyList<ActivityEvent> activities, CancellationToken ct)
    {
        const string sql =
            """
            SELECT count(*)
            FROM unnest(@keys) AS k (key)
            CROSS JOIN LATERAL (SELECT FROM campaigns.activity_key WHERE account_id = @accountId AND dedupe_key = k.key LIMIT 1) AS known
            """;
        var keys = activities.Select(a => a.DedupeKey).OfType<string>().Distinct().Select(KeptForm).ToArray();
        var repeats = activities.Count(a => a.DedupeKey is not null) - keys.Length;
        await using var connection = await _database.OpenAsync(accountId, ct);
        var known = await connection.ExecuteScalarAsync<int>(new CommandDefinition(sql, new { accountId, keys }, cancellationToken: ct));
        return activities.Count - repeats - known;
    }

    public ValueTask DisposeAsync() => _accounts.DisposeAsync();

    // Outside a transaction, the batch is a transaction of its own.
    private static async Task<Recorded> RecordFreshAsync(
        NpgsqlConnection connection, int accountId, IReadOnlyList<ActivityEvent> fresh, bool suppressions, bool skipWorkflows, CancellationToken ct)
    {
        if (fresh.Count == 0 && !suppressions)
        {
            return await ActivityClock.ReadAsync(connection, accountId, ct);
        }

        await using var batch = connection.CreateBatch();
        AddRollUp(batch, accountId, fresh);
        AddRows(batch, accountId, fresh, suppressions, skipWorkflows);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var recorded = new Recorded(fresh.Count, reader.GetInt64(0), reader.GetGuid(1));

        // The commit comes after the last result; disposing the reader would not show if it failed.
        await reader.NextResultAsync(ct);
        return recorded;
    }

    private async Task WriteAsync(int accountId, IReadOnlyList<Call> calls, CancellationToken ct)
    {
        IReadOnlyList<ActivityEvent> activities = [.. calls.SelectMany(call => call.Activities)];
        await using var connection = await _database.OpenAsync(accountId, ct);
        await using var tx = activities.Any(a => a.DedupeKey is not null || a.Link is not null) ? await connection.BeginTransactionAsync(ct) : null;
        var fresh = await FreshAsync(connection, accountId, activities, ct);
        var recorded = await RecordFreshAsync(connection, accountId, fresh, suppressions: false, skipWorkflows: false, ct);
        await (tx?.CommitAsync(ct) ?? Task.CompletedTask);

        // Each call counts its own.
        var own = fresh.ToHashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var call in calls)
        {
            call.Complete(recorded with { Count = call.Activities.Count(own.Contains) });
        }
    }

    private static async Task<IReadOnlyList<ActivityEvent>> FreshAsync(
        NpgsqlConnection connection, int accountId, IReadOnlyList<ActivityEvent> activities, CancellationToken ct) =>
        await LinkCounts.TakeAsync(connection, accountId, await WithoutRepeatsAsync(connection, accountId, activities, ct), ct);

    private static async Task<IReadOnlyList<ActivityEvent>> WithoutRepeatsAsync(
        NpgsqlConnection connection, int accountId, IReadOnlyList<ActivityEvent> activities, CancellationToken ct)
    {
        const string sql =
            """
            INSERT INTO campaigns.activity_key (account_id, dedupe_key)
            SELECT @accountId, key
            FROM unnest(@keys) WITH ORDINALITY AS k (key, n)
            ORDER BY n
            ON CONFLICT DO NOTHING
            RETURNING dedupe_key
            """;
        var kept = activities.Select(a => (Activity: a, Key: a.DedupeKey is { } key ? KeptForm(key) : null)).ToList();
        var keys = kept.Select(a => a.Key).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToArray();
        if (keys.Length == 0)
        {
            return activities;
        }

        var unseen = (await connection.QueryAsync<string>(new CommandDefinition(sql, new { accountId, keys }, cancellationToken: ct))).ToHashSet();
        return [.. kept.Where(a => a.Key is null || unseen.Remove(a.Key)).Select(a => a.Activity)];
    }

    // The keys are the senders' own words, which may be about people: a hash of them does to find repeats.
    private static string KeptForm(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    // Custom events and other channels than e-mail are not rolled up.
    private static void AddRollUp(NpgsqlBatch batch, int accountId, IReadOnlyList<ActivityEvent> activities)
    {
        const string sql =
            $"""
            INSERT INTO campaigns.contact_activity AS c
                (account_id, contact_id, last_sent_at, last_delivered_at, last_opened_at, last_clicked_at, last_bounced_at, last_replied_at,
                 last_unsubscribed_at, last_complained_at)
            SELECT $1, contact_id,
                max(at) FILTER (WHERE kind = {ActivityKinds.Sent}),
                max(at) FILTER (WHERE kind = {ActivityKinds.Delivered}),
                max(at) FILTER (WHERE kind = {ActivityKinds.Opened}),
                max(at) FILTER (WHERE kind = {ActivityKinds.Clicked}),
                max(at) FILTER (WHERE kind = {ActivityKinds.Bounced}),
                max(at) FILTER (WHERE kind = {ActivityKinds.Replied}),
                max(at) FILTER (WHERE kind = {ActivityKinds.Unsubscribed}),
                max(at) FILTER (WHERE kind = {ActivityKinds.Complained})
            FROM unnest($2::int[], $3::smallint[], $4::timestamptz[]) AS a (contact_id, kind, at)
            GROUP BY contact_id
            ORDER BY contact_id
            ON CONFLICT (account_id, contact_id) DO UPDATE SET
                last_sent_at = GREATEST(c.last_sent_at, EXCLUDED.last_sent_at),
                last_delivered_at = GREATEST(c.last_delivered_at, EXCLUDED.last_delivered_at),
                last_opened_at = GREATEST(c.last_opened_at, EXCLUDED.last_opened_at),
                last_clicked_at = GREATEST(c.last_clicked_at, EXCLUDED.last_clicked_at),
                last_bounced_at = GREATEST(c.last_bounced_at, EXCLUDED.last_bounced_at),
                last_replied_at = GREATEST(c.last_replied_at, EXCLUDED.last_replied_at),
                last_unsubscribed_at = GREATEST(c.last_unsubscribed_at, EXCLUDED.last_unsubscribed_at),
                last_complained_at = GREATEST(c.last_complained_at, EXCLUDED.last_complained_at)
            """;
        var latest = activities
            .Where(a => a.Channel == Crm.Common.V1.Channel.Email && a.Kind != Crm.Activity.V1.Activity.Types.Kind.Custom)
            .GroupBy(a => (a.ContactId, a.Kind))
            .Select(g => (g.Key.ContactId, Kind: (short)g.Key.Kind, At: g.Max(a => a.At)))
            .ToList();
        if (latest.Count > 0)
        {
            batch.Add(
                sql,
                accountId,
                latest.Select(l => l.ContactId).ToArray(),
                latest.Select(l => l.Kind).ToArray(),
                latest.Select(l => l.At).ToArray());
        }
    }

    private static void AddRows(NpgsqlBatch batch, int accountId, IReadOnlyList<ActivityEvent> activities, bool suppressions, bool skipWorkflows)
    {
        const string sql =
            $"""
            WITH {ActivityClock.Move},
            recorded AS (
                INSERT INTO campaigns.activity
                    (account_id, contact_id, at, kind, channel, pos, campaign_id, detail, bounce, properties, machine, recipient_id)
                SELECT $1, a.contact_id, a.at, a.kind, a.channel, moved.pos, a.campaign_id, CASE WHEN e.contact_id IS NULL THEN a.detail END, a.bounce,
                    CASE WHEN e.contact_id IS NULL THEN a.properties::jsonb END, a.machine, a.recipient_id
                FROM moved
                CROSS JOIN unnest(
                    $6::int[], $7::timestamptz[], $8::smallint[], $9::smallint[], $10::uuid[], $11::text[], $12::smallint[], $13::text[], $14::boolean[], $15::int[])
                    WITH ORDINALITY AS a (contact_id, at, kind, channel, campaign_id, detail, bounce, properties, machine, recipient_id, n)
                -- Of erased contacts, what campaigns count is recorded and no more.
                LEFT JOIN campaigns.erased_contact e ON e.account_id = $1 AND e.contact_id = a.contact_id
                WHERE e.contact_id IS NULL OR a.kind <> {ActivityKinds.Custom}
                -- The order of the call is that of the feed.
                ORDER BY a.n)
            SELECT pos, nonce
            FROM moved
            """;
        batch.Add(
            sql,
            accountId,
            activities.Select(a => a.ContactId).Distinct().Order().ToArray(),
            suppressions,
            activities.Count == 0 ? DBNull.Value : activities.Max(a => a.At),
            skipWorkflows,
            activities.Select(a => a.ContactId).ToArray(),
            activities.Select(a => a.At).ToArray(),
            activities.Select(a => (short)a.Kind).ToArray(),
            activities.Select(a => (short)a.Channel).ToArray(),
            activities.Select(a => a.CampaignId).ToArray(),
            activities.Select(a => a.Detail).ToArray(),
            activities.Select(a => a.Bounce == 0 ? null : (short?)a.Bounce).ToArray(),
            activities.Select(a => a.Properties).ToArray(),
            activities.Select(a => a.Machine).ToArray(),
            activities.Select(a => a.RecipientId).ToArray());
    }

    private sealed class Call(IReadOnlyList<ActivityEvent> activities) : PendingCall<Recorded>
    {
        public IReadOnlyList<ActivityEvent> Activities => activities;
    }
}
