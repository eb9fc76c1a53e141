using Crm.Tags.V1;
using Dapper;
using Npgsql;

namespace TagSegments.Tags.Tagging.Feed;

/// <summary>Reads the change log forwards. Positions become visible in order, so everything new is after the cursor.</summary>
internal sealed class EventReader(NpgsqlDataSource database)
{
    private const int MaxRows = 512;
    private const int MaxEvents = 1_000;

    /// <summary>
    /// Reads the next batches after a cursor: each with its events and the cursor after them. Unless there is more to read at once, the last
    /// one brings the cursor to the account's present position, with or without events.
    /// </summary>
    public async Task<(List<(List<TagEvent> Events, FeedCursor Cursor)> Batches, bool HasMore)> ReadAsync(
        int accountId, FeedCursor cursor, int[] tagIds, bool pack, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var (pos, nonce) = await ClockAsync(connection, accountId, ct);
        if (pos < cursor.Pos || (pos == cursor.Pos && cursor.Seq == int.MaxValue))
        {
            return ([], false);
        }

        var rows = await RowsAsync(connection, accountId, cursor, pos, tagIds, ct);
        var batches = new List<(List<TagEvent>, FeedCursor)>();
        foreach (var (row, rowNonce) in rows)
        {
            var after = (row.Pos, row.Seq) == (cursor.Pos, cursor.Seq) ? cursor.ContactId : 0;
            foreach (var events in pack ? Packed(row, after) : row.EventsAfter(after).Chunk(MaxEvents))
            {
                Add(batches, events, new FeedCursor(row.Pos, rowNonce, row.Seq, LastContact(events[^1])));
            }
        }

        var hasMore = rows.Count == MaxRows;
        if (!hasMore)
        {
            Add(batches, [], FeedCursor.After(pos, nonce));
        }

        return (batches, hasMore);
    }

    private static IEnumerable<TagEvent[]> Packed(EventRow row, int after) => row.PackedAfter(after) is { } packed ? [[packed]] : [];

    private static int LastContact(TagEvent e) => e.ContactIds.Count > 0 ? e.ContactIds[^1] : e.ContactId;

    // Small rows share a batch as long as it has room.
    private static void Add(List<(List<TagEvent> Events, FeedCursor Cursor)> batches, TagEvent[] events, FeedCursor cursor)
    {
        if (batches.Count > 0 && Contacts(batches[^1].Events) + Contacts(events) <= MaxEvents)
        {
            batches[^1].Events.AddRange(events);
            batches[^1] = (batches[^1].Events, cursor);
        }
        else
        {
            batches.Add(([.. events], cursor));
        }
    }

    private static int Contacts(IEnumerable<TagEvent> events) => events.Sum(e => Math.Max(1, e.ContactIds.Count));

    private static Task<(long Pos, Guid Nonce)> ClockAsync(NpgsqlConnection connection, int accountId, CancellationToken ct)
    {
        const string sql = "SELECT pos, nonce FROM crm.clock WHERE account_id = @accountId";
        return connection.QuerySingleOrDefaultAsync<(long, Guid)>(new CommandDefinition(sql, new { accountId }, cancellationToken: ct));
    }

    // Tag 0, the living contacts, is no tag of the library: its events are for watchers that name it.
    private static async Task<List<(EventRow Row, Guid Nonce)>> RowsAsync(
        NpgsqlConnection connection, int accountId, FeedCursor cursor, long upTo, int[] tagIds, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {EventRow.Columns}, m.nonce
            FROM tags.tag_change c
            JOIN crm.commit m ON m.account_id = c.account_id AND m.pos = c.pos
            WHERE c.account_id = @accountId AND (c.pos, c.seq) >= (@Pos, @Seq) AND c.pos <= @upTo
                AND (CASE WHEN cardinality(@tagIds) = 0 THEN c.tag_id > 0 ELSE c.tag_id = ANY (@tagIds) END)
            ORDER BY c.pos, c.seq
            LIMIT @limit
            """;
        var values = new { accountId, cursor.Pos, cursor.Seq, upTo, tagIds, limit = MaxRows };
        await using var reader = await connection.ExecuteReaderAsync(new CommandDefinition(sql, values, cancellationToken: ct));
        var rows = new List<(EventRow, Guid)>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add((EventRow.Read(reader), reader.GetGuid(14)));
        }

        return rows;
    }
}
