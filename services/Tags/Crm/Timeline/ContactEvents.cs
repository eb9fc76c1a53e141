using System.Globalization;
using Crm.Contacts.V1;
using Crm.Tags.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Crm.Contacts.Feed;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Tagging.Feed;

namespace TagSegments.Tags.Crm.Timeline;

/// <summary>Reads the events of one contact, newest first.</summary>
internal sealed class ContactEvents(AccountDatabase database, FieldStore fields, EventList tags)
{
    /// <summary>Reads a page from <paramref name="token"/> on, empty for the newest; the token of the next one is empty at the end.</summary>
    public async Task<(List<TimelineEntry> Entries, string Next)> ReadAsync(
        int accountId, int contactId, int limit, string token, CancellationToken ct)
    {
        // The contact's own rows and those bulk rows of its chunk that hold its bit; one index finds both.
        const string sql = $"""
            SELECT change.*, commit.nonce
            FROM (
                (SELECT {ContactFeedStore.LivingColumns}
                 FROM tags.tag_change
                 WHERE account_id = @accountId AND tag_id = 0 AND contact_id = @contactId AND chunk = @contactId / 16384 AND (pos, seq) < (@pos, @seq)
                 ORDER BY pos DESC, seq DESC
                 LIMIT @limit)
                UNION ALL
                (SELECT {ContactFeedStore.LivingColumns}
                 FROM tags.tag_change
                 WHERE account_id = @accountId AND tag_id = 0 AND contact_id IS NULL AND chunk = @contactId / 16384
                    AND get_bit(bits, @contactId % 16384) = 1 AND (pos, seq) < (@pos, @seq)
                 ORDER BY pos DESC, seq DESC
                 LIMIT @limit)
                UNION ALL
                (SELECT {ContactFeedStore.ChangeColumns}
                 FROM crm.contact_change
                 WHERE account_id = @accountId AND contact_id = @contactId AND (pos, seq) < (@pos, @seq)
                 ORDER BY pos DESC, seq DESC
                 LIMIT @limit)) AS change
            JOIN crm.commit ON commit.account_id = @accountId AND commit.pos = change.pos
            ORDER BY change.pos DESC, change.seq DESC
            LIMIT @limit
            """;
        var (pos, seq) = token.Split('.') is [var p, var s]
            ? (long.Parse(p, CultureInfo.InvariantCulture), int.Parse(s, CultureInfo.InvariantCulture))
            : (long.MaxValue, int.MaxValue);
        var catalog = await fields.LoadAsync(accountId, Field.Types.Target.Contact, ct);
        await using var connection = await database.OpenAsync(accountId, ct);
        await using var reader = await connection.ExecuteReaderAsync(
            new CommandDefinition(sql, new { accountId, contactId, pos, seq, limit }, cancellationToken: ct));
        var changes = new List<(long Pos, ContactCommit.Change Change)>();
        while (await reader.ReadAsync(ct))
        {
            changes.Add((reader.GetInt64(0), ContactFeedStore.ReadChange(reader)));
        }

        var entries = changes.Select(change => change.Change.ToEvent(change.Pos, contactId, catalog)).OfType<ContactEvent>()
            .Select(happened => new TimelineEntry { Time = happened.Time, Contact = happened });
        var next = changes.Count == limit ? string.Create(CultureInfo.InvariantCulture, $"{changes[^1].Pos}.{changes[^1].Change.Seq}") : "";
        return ([.. entries], next);
    }

    /// <summary>Reads a page of the changes of the contact's tags.</summary>
    public async Task<(List<TimelineEntry> Entries, string Next)> ReadTagsAsync(
        AccountInfo account, int contactId, int limit, string token, CancellationToken ct)
    {
        var request = new ListTagEventsRequest { Account = account.Name, ContactId = contactId, PageSize = limit, PageToken = token };
        var page = await tags.ReadAsync(account.Id, request, ct);
        return ([.. page.Events.Select(tag => new TimelineEntry { Time = tag.Time, Tag = tag })], page.NextPageToken);
    }
}
