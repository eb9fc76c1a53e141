using System.Globalization;
using Crm.Tags.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Npgsql;

namespace TagSegments.Tags.Tagging.Feed;

/// <summary>Pages of the audit trail, newest first.</summary>
internal sealed class EventList(AccountDatabase database, PageTokens pages)
{
    private const string Filters = """
        c.account_id = @accountId AND c.tag_id > 0 AND (c.pos, c.seq) <= (@pos, @seq)
            AND (@tagId = 0 OR c.tag_id = @tagId)
            AND (@causeKind = 0 OR c.cause_kind = @causeKind)
            AND (@causeId = '' OR c.cause_id = @causeId)
            AND (@actor = '' OR c.actor = @actor)
            AND (@startTime::timestamptz IS NULL OR c.at >= @startTime)
            AND (@endTime::timestamptz IS NULL OR c.at < @endTime)
        """;

    private const string Newest = "ORDER BY pos DESC, seq DESC LIMIT @limit";

    private const string Everyones = $"SELECT {EventRow.Columns} FROM tags.tag_change c WHERE {Filters} {Newest}";

    // One contact's changes are its own rows and those rows of its chunk that hold its bit; one index finds both.
    private const string OneContacts = $"""
        (SELECT {EventRow.Columns} FROM tags.tag_change c WHERE {Filters} AND c.contact_id = @contactId AND c.chunk = @contactId / 16384 {Newest})
        UNION ALL
        (SELECT {EventRow.Columns} FROM tags.tag_change c
         WHERE {Filters} AND c.contact_id IS NULL AND c.chunk = @contactId / 16384 AND get_bit(c.bits, @contactId % 16384) = 1 {Newest})
        {Newest}
        """;

    private const string Counts = $"""
        SELECT c.op, sum(CASE WHEN c.contact_id IS NULL AND @contactId = 0 THEN bit_count(c.bits) ELSE 1 END)::bigint
        FROM tags.tag_change c
        WHERE {Filters}
            AND (@contactId = 0 OR c.chunk = @contactId / 16384
                AND (c.contact_id = @contactId OR c.contact_id IS NULL AND get_bit(c.bits, @contactId % 16384) = 1))
        GROUP BY c.op
        """;

    /// <summary>Reads the requested page.</summary>
    public async Task<ListTagEventsResponse> ReadAsync(int accountId, ListTagEventsRequest request, CancellationToken ct)
    {
        new FieldChecks().RequireTime(request.StartTime, "start_time").RequireTime(request.EndTime, "end_time").ThrowIfAny();
        var size = PageSize.Read(request.PageSize);
        var before = Position.Read(pages.Read(request));
        var values = Values(accountId, request, before, size + 2);
        await using var connection = await database.OpenAsync(accountId, ct);
        var response = new ListTagEventsResponse();
        await using (var reader = await connection.ExecuteReaderAsync(
            new CommandDefinition(request.ContactId == 0 ? Everyones : OneContacts, values, cancellationToken: ct)))
        {
            // A row may stand for many contacts, so few rows can be enough.
            while (response.NextPageToken.Length == 0 && await reader.ReadAsync(ct))
            {
                AddEvents(response, EventRow.Read(reader), request, before, size);
            }
        }

        if (request.ShowTotal)
        {
            var all = Values(accountId, request, Position.Read(null), limit: 0);
            var counts = (await connection.QueryAsync<(short Kind, long Events)>(new CommandDefinition(Counts, all, cancellationToken: ct)))
                .ToDictionary(row => (TagEvent.Types.Kind)row.Kind, row => row.Events);
            response.TotalAdded = counts.GetValueOrDefault(TagEvent.Types.Kind.Added);
            response.TotalRemoved = counts.GetValueOrDefault(TagEvent.Types.Kind.Removed);
        }

        return response;
    }

    private static object Values(int accountId, ListTagEventsRequest request, Position before, int limit) => new
    {
        accountId,
        pos = before.Pos,
        seq = before.Seq,
        tagId = request.TagId,
        contactId = request.ContactId,
        causeKind = (short)request.CauseKind,
        causeId = request.CauseId,
        actor = request.Actor,
        startTime = request.StartTime?.ToDateTime(),
        endTime = request.EndTime?.ToDateTime(),
        limit,
    };

    private void AddEvents(ListTagEventsResponse response, EventRow row, ListTagEventsRequest request, Position before, int size)
    {
        var limit = (row.Pos, row.Seq) == (before.Pos, before.Seq) ? before.ContactId : long.MaxValue;
        var events = request.ContactId == 0 ? row.EventsBefore(limit) : row.EventsOf(request.ContactId).Where(e => e.ContactId < limit);
        foreach (var tagEvent in events)
        {
            if (response.Events.Count == size)
            {
                response.NextPageToken = pages.Create(request, new Position(row.Pos, row.Seq, tagEvent.ContactId + 1L).ToString());
                return;
            }

            response.Events.Add(tagEvent);
        }
    }

    // Everything before this comes next: contacts below it in the row named, and all earlier rows.
    private readonly record struct Position(long Pos, int Seq, long ContactId)
    {
        public static Position Read(string? text) => text?.Split('.') is [var pos, var seq, var contactId]
            ? new(
                long.Parse(pos, CultureInfo.InvariantCulture),
                int.Parse(seq, CultureInfo.InvariantCulture),
                long.Parse(contactId, CultureInfo.InvariantCulture))
            : new(long.MaxValue, int.MaxValue, long.MaxValue);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pos}.{Seq}.{ContactId}");
    }
}
