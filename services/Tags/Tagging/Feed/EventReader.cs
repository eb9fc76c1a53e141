using Crm.Tags.V1;
using Dapper;
using Npgsql;

namespace TagSegments.Tags.Tagging.Feed;

/// <summary>Reads the change log forwards. Positions become visible in order, so everything new is after the cursor.</summary>
internal sealed class EventReader(AccountDatabase database)
{
    private const int MaxRows = 512;
    private const int MaxEvents = 1_000;

    // A watcher that does not read keeps what was read for it, and a row may stand for 16,384 contacts.
    private const int MaxContacts = 65_536;

    /// <summary>
    /// Reads the next batches after a cursor: each with its events and the cursor after them. Unless there is more to read at once, the last
    /// one brings the cursor to the account's present position, with or without events. The events are made as the batches are taken.
    /// </summary>
    public async Task<(IEnumerable<(List<TagEvent> Events, FeedCursor Cursor)> Batches, bool HasMore)> ReadAsync(
        int accountId, FeedCursor cursor, int[] tagIds, bool pack, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(accountId, ct);
        var (pos, nonce) = await ClockAsync(connection, accountId, ct);
        if (pos < cursor.Pos || (pos == cursor.Pos && cursor.Seq == int.MaxValue))
        {
            return ([], false);
        }

        var (rows, hasMore) = await RowsAsync(connection, accountId, cursor, pos, tagIds, ct);
        return (Batches(rows, cursor, pack, hasMore ? null : FeedCursor.After(pos, nonce)), hasMore);
    }

    // Small rows share a batch as long as it has room.
    private static IEnumerable<(List<TagEvent> Events, FeedCursor Cursor)> Batches(
        List<(EventRow Row, Guid Nonce)> rows, FeedCursor cursor, bool pack, FeedCursor? end)
    {
        var (batch, contacts, reached) = (new List<TagEvent>(), 0, cursor);
        foreach (var (row, nonce) in rows)
        {
            var after = Handled(row, cursor);
            foreach (var events in pack ? Packed(row, after) : row.EventsAfter(after).Chunk(MaxEvents))
            {
                var more = events.Sum(e => Math.Max(1, e.ContactIds.Count));
                if (batch.Count > 0 && contacts + more > MaxEvents)
                {
                    yield return (batch, reached);
                    (batch, contacts) = ([], 0);
                }

                batch.AddRange(events);
                contacts += more;
                reached = new FeedCursor(row.Pos, nonce, row.Seq, LastContact(events[^1]));
            }
        }

        yield return (batch, end ?? reached);
    }

    // The contacts of a row that the cursor has passed.
    private static int Handled(EventRow row, FeedCursor cursor) => (row.Pos, row.Seq) == (cursor.Pos, cursor.Seq) ? cursor.ContactId : 0;

    private static IEnumerable<TagEvent[]> Packed(EventRow row, int after) => row.PackedAfter(after) is { } packed ? [[packed]] : [];

    private static int LastContact(TagEvent e) => e.ContactIds.Count > 0 ? e.ContactIds[^1] : e.ContactId;

    private static Task<(long Pos, Guid Nonce)> ClockAsync(NpgsqlConnection connection, int accountId, CancellationToken ct)
    {
        const string sql = "SELECT pos, nonce FROM crm.clock WHERE account_id = @accountId";
        return connection.QuerySingleOrDefaultAsync<(long, Guid)>(new CommandDefinition(sql, new { accountId }, cancellationToken: ct));
    }

    // Tag 0, the living contacts, is no tag of the library: its events are for watchers that name it.
    private static async Task<(List<(EventRow Row, Guid Nonce)> Rows, bool HasMore)> RowsAsync(
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
        var (rows, contacts) = (new List<(EventRow, Guid)>(), 0);
        while (contacts < MaxContacts && await reader.ReadAsync(ct))
        {
            var row = EventRow.Read(reader);
            rows.Add((row, reader.GetGuid(14)));
            contacts += row.ContactsAfter(Handled(row, cursor));
        }

        return (rows, rows.Count == MaxRows || contacts >= MaxContacts);
    }
}
