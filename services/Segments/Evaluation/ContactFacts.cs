using System.Text.Json;
using Crm.Segments.V1;
using TagSegments.Bitmaps;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation;

/// <summary>Reads what is known of one contact, in the snapshot of an explanation.</summary>
internal sealed class ContactFacts(Snapshot snapshot, int contactId, DateTimeOffset now)
{
    /// <summary>Reads the contact's attributes and fields; null if there is no such living contact.</summary>
    public async Task<JsonDocument?> AttributesAsync(CancellationToken ct)
    {
        const string sql = """
            SELECT to_jsonb(c)
            FROM crm.segment_contacts c
            WHERE account_id = @AccountId AND contact_id = @contactId
            """;
        var rows = await snapshot.QueryAsync<string>(sql, new { snapshot.AccountId, contactId }, ct);
        return rows.SingleOrDefault() is { } json ? JsonDocument.Parse(json) : null;
    }

    /// <summary>Reads since when the contact has the tags that it has, of some or of all.</summary>
    public async Task<IReadOnlyList<(string Name, DateTime? Since)>> TagsAsync(IReadOnlyCollection<int> tagIds, CancellationToken ct)
    {
        const string sql = """
            SELECT n.name, max(h.at) AS since
            FROM tags.segment_tag_chunks t
            JOIN tags.segment_tags n USING (account_id, tag_id)
            LEFT JOIN tags.segment_tag_changes h
                ON h.account_id = t.account_id AND h.tag_id = t.tag_id AND h.op = 1
                AND (h.contact_id = @contactId OR h.contact_id IS NULL AND h.chunk = @chunk AND get_bit(h.bits, @offset) = 1)
            WHERE t.account_id = @AccountId AND t.chunk = @chunk AND t.tag_id > 0 AND get_bit(t.bits, @offset) = 1
                AND (cardinality(@tagIds) = 0 OR t.tag_id = ANY(@tagIds))
            GROUP BY n.name
            ORDER BY n.name
            LIMIT 20
            """;
        var rows = await snapshot.QueryAsync<(string Name, DateTime? Since)>(
            sql,
            new
            {
                snapshot.AccountId,
                contactId,
                chunk = ChunkLayout.ChunkOf(contactId),
                offset = ChunkLayout.OffsetOf(contactId),
                tagIds = tagIds.ToArray(),
            },
            ct);
        return [.. rows];
    }

    /// <summary>Reads the times that a tag was added.</summary>
    public async Task<IReadOnlyList<DateTime>> TagAddedAsync(int tagId, CancellationToken ct)
    {
        const string sql = """
            SELECT at
            FROM tags.segment_tag_changes
            WHERE account_id = @AccountId AND tag_id = @tagId AND op = 1
                AND (contact_id = @contactId OR contact_id IS NULL AND chunk = @chunk AND get_bit(bits, @offset) = 1)
            ORDER BY at DESC
            LIMIT 5
            """;
        var parameters = new
        {
            snapshot.AccountId,
            contactId,
            tagId,
            chunk = ChunkLayout.ChunkOf(contactId),
            offset = ChunkLayout.OffsetOf(contactId),
        };
        return [.. await snapshot.QueryAsync<DateTime>(sql, parameters, ct)];
    }

    /// <summary>Reads how often something was recorded until now, whenever it was, and when last.</summary>
    public async Task<(long Count, DateTime? Last)> ActivityAsync(ActivityClause clause, CancellationToken ct)
    {
        const string sql = """
            SELECT count(*) AS count, max(at) AS last
            FROM campaigns.segment_activity
            WHERE account_id = @AccountId AND contact_id = @contactId AND kind = @kind AND at <= @now
                AND (@channel = 0 OR channel = @channel)
                AND (@campaign = '' OR campaign_id::text = @campaign)
                AND (@eventName = '' OR detail = @eventName)
            """;
        var custom = clause.Kind == ActivityClause.Types.Kind.Custom;
        var rows = await snapshot.QueryAsync<(long Count, DateTime? Last)>(
            sql,
            new
            {
                snapshot.AccountId,
                contactId,
                kind = (short)clause.Kind,
                now = now.UtcDateTime,
                channel = custom ? 0 : Math.Max(1, (int)clause.Channel),
                campaign = clause.CampaignId,
                eventName = custom ? clause.EventName : "",
            },
            ct);
        return rows.Single();
    }

    /// <summary>Reads the contact's opportunities, one line each.</summary>
    public async Task<IReadOnlyList<string>> OpportunitiesAsync(CancellationToken ct)
    {
        const string sql = """
            SELECT concat_ws(', ', coalesce(o.name, '#' || o.opportunity_id), p.name || ' / ' || s.name,
                             (ARRAY['open', 'won', 'lost'])[o.status], o.amount::text,
                             'opened ' || o.opened_on, 'closed ' || o.closed_on)
            FROM crm.segment_opportunities o
            LEFT JOIN crm.segment_pipelines p USING (account_id, pipeline_id)
            LEFT JOIN crm.segment_stages s USING (account_id, stage_id)
            WHERE o.account_id = @AccountId AND o.contact_id = @contactId
            ORDER BY o.opportunity_id
            LIMIT 10
            """;
        return [.. await snapshot.QueryAsync<string>(sql, new { snapshot.AccountId, contactId }, ct)];
    }

    /// <summary>Reads whether one of the contact's addresses gets nothing.</summary>
    public async Task<bool> IsSuppressedAsync(int channel, string? addressKey, CancellationToken ct)
    {
        const string sql = """
            SELECT EXISTS (
                SELECT FROM campaigns.segment_suppressions
                WHERE account_id = @AccountId AND channel = @channel AND address_key = @addressKey)
            """;
        return (await snapshot.QueryAsync<bool>(sql, new { snapshot.AccountId, channel, addressKey }, ct)).Single();
    }
}
