using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Activities;

/// <summary>
/// Lets one event of a link count per minute. The database decides, in the transaction that records the event, so it holds for all processes
/// and across restarts.
/// </summary>
internal sealed class LinkCounts(AccountDatabase database, WorkDatabase work, ILogger<LinkCounts> logger)
    : PollingService(TimeSpan.FromMinutes(10), logger)
{
    /// <summary>The time after a counted event in which no other one of its link counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private const int MostDeleted = 10_000;

    /// <summary>
    /// Takes the minutes of events and returns the events that count: all without a link, and of each link those with a free minute, earliest first.
    /// Links are locked in the order of their hashes.
    /// </summary>
    public static async Task<IReadOnlyList<ActivityEvent>> TakeAsync(
        NpgsqlConnection connection, int accountId, IReadOnlyList<ActivityEvent> events, CancellationToken ct)
    {
        var refused = new HashSet<ActivityEvent>(ReferenceEqualityComparer.Instance);
        var waiting = events
            .Where(e => e.Link is not null)
            .GroupBy(e => e.Link!)
            .OrderBy(link => link.Key, StringComparer.Ordinal)
            .Select(link => (Link: Convert.FromHexString(link.Key), Events: new Queue<ActivityEvent>(link.OrderBy(e => e.At))))
            .ToList();

        // A statement can take one minute of each link. More are rare: only providers report events of several minutes together.
        while (waiting.Count > 0)
        {
            var next = waiting.ConvertAll(link => (link.Link, Event: link.Events.Dequeue()));
            var taken = await TakeAsync(connection, accountId, next.ConvertAll(n => n.Link), next.ConvertAll(n => n.Event.At), ct);
            refused.UnionWith(next.Where(n => !taken.Contains(Convert.ToHexString(n.Link))).Select(n => n.Event));
            waiting.RemoveAll(link => link.Events.Count == 0);
        }

        return refused.Count == 0 ? events : [.. events.Where(e => !refused.Contains(e))];
    }

    /// <summary>When the minute ends that keeps an event of the link from counting; the event's own time if there is none any more.</summary>
    public async Task<DateTime> FreeAgainAsync(int accountId, string link, DateTime at, CancellationToken ct)
    {
        const string sql =
            """
            SELECT max(upper(minute))
            FROM campaigns.link_count, unnest(minutes) AS minute
            WHERE account_id = @accountId AND link = @link AND minute && tstzrange(@at, @at + @Window)
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var parameters = new { accountId, link = Convert.FromHexString(link), at, Window };
        return await connection.ExecuteScalarAsync<DateTime?>(new CommandDefinition(sql, parameters, cancellationToken: ct)) ?? at;
    }

    /// <summary>Deletes what was last counted more than a day ago: events come later than that from nowhere.</summary>
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        const string sql =
            """
            DELETE FROM campaigns.link_count
            WHERE (account_id, link) IN (
                SELECT account_id, link
                FROM campaigns.link_count
                WHERE upper(minutes) < now() - interval '1 day'
                ORDER BY upper(minutes)
                LIMIT @MostDeleted
                FOR UPDATE SKIP LOCKED)
            """;
        await using var connection = await work.OpenAsync(ct);
        return await connection.ExecuteAsync(new CommandDefinition(sql, new { MostDeleted }, cancellationToken: ct)) == MostDeleted;
    }

    private static async Task<HashSet<string>> TakeAsync(
        NpgsqlConnection connection, int accountId, List<byte[]> links, List<DateTime> times, CancellationToken ct)
    {
        const string sql =
            """
            INSERT INTO campaigns.link_count AS c (account_id, link, minutes)
            SELECT @accountId, link, tstzmultirange(tstzrange(at, at + @Window))
            FROM unnest(@links, @times) WITH ORDINALITY AS e (link, at, n)
            ORDER BY n
            ON CONFLICT (account_id, link) DO UPDATE
            SET minutes = (c.minutes + EXCLUDED.minutes)
                * tstzmultirange(tstzrange(GREATEST(upper(c.minutes), upper(EXCLUDED.minutes)) - interval '1 hour', NULL))
            WHERE NOT c.minutes && EXCLUDED.minutes
            RETURNING link
            """;
        var parameters = new { accountId, links = links.ToArray(), times = times.ToArray(), Window };
        var taken = await connection.QueryAsync<byte[]>(new CommandDefinition(sql, parameters, cancellationToken: ct));
        return [.. taken.Select(Convert.ToHexString)];
    }
}
