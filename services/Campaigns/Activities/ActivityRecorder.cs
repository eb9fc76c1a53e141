using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Activities;

/// <summary>
/// Records activities: the roll-up per contact, then the clock, then the rows that carry its position, all in one transaction. Rows are
/// locked in the order of contacts and the clock after them, so concurrent recorders wait for one another but never in a circle.
/// </summary>
internal sealed class ActivityRecorder(NpgsqlDataSource database) : IAsyncDisposable
{
    /// <summary>Up to so many activities are recorded together with those of others; more are worth a transaction of their own.</summary>
    public const int MostTogether = 10;

    private readonly Dictionary<int, Batcher<IReadOnlyList<ActivityEvent>, Recorded>> _accounts = [];
    private readonly Lock _lock = new();

    /// <summary>Records a few activities, all or none, together with others of the account that wait at the same time.</summary>
    public Task<Recorded> RecordAsync(int accountId, IReadOnlyList<ActivityEvent> activities, CancellationToken ct) =>
        Batch(accountId).AddAsync(activities, ct);

    /// <summary>
    /// Records activities, and that the suppression list was changed, in the caller's transaction, which should do nothing after that: the
    /// clock row is locked.
    /// </summary>
    public static async Task<Recorded> RecordAsync(
        NpgsqlTransaction tx, int accountId, IReadOnlyList<ActivityEvent> activities, CancellationToken ct, bool suppressions = false) =>
        await RecordFreshAsync(tx, accountId, await WithoutRepeatsAsync(tx, accountId, activities, ct), suppressions, ct);

    public async ValueTask DisposeAsync()
    {
        foreach (var batcher in _accounts.Values)
        {
            await batcher.DisposeAsync();
        }
    }

    private static async Task<Recorded> RecordFreshAsync(
        NpgsqlTransaction tx, int accountId, IReadOnlyList<ActivityEvent> fresh, bool suppressions, CancellationToken ct)
    {
        if (fresh.Count == 0 && !suppressions)
        {
            return await ActivityClock.ReadAsync(tx, accountId, ct);
        }

        await RollUpAsync(tx, accountId, fresh, ct);
        int[] contactIds = [.. fresh.Select(a => a.ContactId).Distinct().Order()];
        var maxAt = fresh.Max(a => (DateTime?)a.At);
        var (pos, nonce) = await ActivityClock.AdvanceAsync(tx, accountId, contactIds, suppressions, maxAt, ct);
        await InsertAsync(tx, accountId, pos, fresh, ct);
        return new Recorded(fresh.Count, pos, nonce);
    }

    private Batcher<IReadOnlyList<ActivityEvent>, Recorded> Batch(int accountId)
    {
        lock (_lock)
        {
            if (!_accounts.TryGetValue(accountId, out var batcher))
            {
                batcher = new(1_000, (calls, ct) => Deadlocks.RetryAsync(() => WriteAsync(accountId, calls, ct)));
                _accounts.Add(accountId, batcher);
            }

            return batcher;
        }
    }

    private async Task<IReadOnlyList<Recorded>> WriteAsync(
        int accountId, IReadOnlyList<IReadOnlyList<ActivityEvent>> calls, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var fresh = await WithoutRepeatsAsync(tx, accountId, [.. calls.SelectMany(activities => activities)], ct);
        var recorded = await RecordFreshAsync(tx, accountId, fresh, suppressions: false, ct);
        await tx.CommitAsync(ct);

        // Each call is told of its own.
        var own = fresh.ToHashSet<object>(ReferenceEqualityComparer.Instance);
        return [.. calls.Select(activities => recorded with { Count = activities.Count(own.Contains) })];
    }

    private static async Task<IReadOnlyList<ActivityEvent>> WithoutRepeatsAsync(
        NpgsqlTransaction tx, int accountId, IReadOnlyList<ActivityEvent> activities, CancellationToken ct)
    {
        var keys = activities.Select(a => a.DedupeKey).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToArray();
        if (keys.Length == 0)
        {
            return activities;
        }

        var unseen = (await tx.Connection!.QueryAsync<string>(new CommandDefinition(
            """
            INSERT INTO campaigns.activity_key (account_id, dedupe_key)
            SELECT @accountId, key FROM unnest(@keys) WITH ORDINALITY AS k (key, n) ORDER BY n
            ON CONFLICT DO NOTHING
            RETURNING dedupe_key
            """,
            new { accountId, keys },
            tx,
            cancellationToken: ct))).ToHashSet();
        return [.. activities.Where(a => a.DedupeKey is null || unseen.Remove(a.DedupeKey))];
    }

    // Custom events and other channels than e-mail are not rolled up.
    private static async Task RollUpAsync(
        NpgsqlTransaction tx, int accountId, IReadOnlyList<ActivityEvent> activities, CancellationToken ct)
    {
        var latest = activities
            .Where(a => a.Channel == Crm.Common.V1.Channel.Email && a.Kind != Crm.Activity.V1.Activity.Types.Kind.Custom)
            .GroupBy(a => (a.ContactId, a.Kind))
            .Select(g => (g.Key.ContactId, Kind: (short)g.Key.Kind, At: g.Max(a => a.At)))
            .ToList();
        if (latest.Count > 0)
        {
            await tx.Connection!.ExecuteAsync(new CommandDefinition(
                RollUpSql,
                new
                {
                    accountId,
                    contacts = latest.Select(l => l.ContactId).ToArray(),
                    kinds = latest.Select(l => l.Kind).ToArray(),
                    times = latest.Select(l => l.At).ToArray(),
                },
                tx,
                cancellationToken: ct));
        }
    }

    private const string RollUpSql =
        """
        INSERT INTO campaigns.contact_activity AS c
            (account_id, contact_id, last_sent_at, last_delivered_at, last_opened_at, last_clicked_at, last_bounced_at, last_replied_at,
             last_unsubscribed_at, last_complained_at)
        SELECT @accountId, contact_id,
            max(at) FILTER (WHERE kind = 1), max(at) FILTER (WHERE kind = 2), max(at) FILTER (WHERE kind = 3), max(at) FILTER (WHERE kind = 4),
            max(at) FILTER (WHERE kind = 5), max(at) FILTER (WHERE kind = 6), max(at) FILTER (WHERE kind = 7), max(at) FILTER (WHERE kind = 8)
        FROM unnest(@contacts, @kinds, @times) AS a (contact_id, kind, at)
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

    private static Task InsertAsync(
        NpgsqlTransaction tx, int accountId, long pos, IReadOnlyList<ActivityEvent> activities, CancellationToken ct) =>
        tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO campaigns.activity
                (account_id, contact_id, at, kind, channel, pos, campaign_id, detail, properties, machine)
            SELECT @accountId, contact_id, at, kind, channel, @pos, campaign_id, detail, properties::jsonb, machine
            FROM unnest(@contacts, @times, @kinds, @channels, @campaigns, @details, @properties, @machines)
                AS a (contact_id, at, kind, channel, campaign_id, detail, properties, machine)
            """,
            new
            {
                accountId,
                pos,
                contacts = activities.Select(a => a.ContactId).ToArray(),
                times = activities.Select(a => a.At).ToArray(),
                kinds = activities.Select(a => (short)a.Kind).ToArray(),
                channels = activities.Select(a => (short)a.Channel).ToArray(),
                campaigns = activities.Select(a => a.CampaignId).ToArray(),
                details = activities.Select(a => a.Detail).ToArray(),
                properties = activities.Select(a => a.Properties).ToArray(),
                machines = activities.Select(a => a.Machine).ToArray(),
            },
            tx,
            cancellationToken: ct));
}
