using System.Text.Json;
using Crm.Segments.V1;
using Dapper;
using TagSegments.Bitmaps;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation;

/// <summary>Reads what is known of one contact, or was at a moment of the past, in the snapshot of an explanation.</summary>
internal sealed class ContactFacts(Snapshot snapshot, int contactId, FilterContext context)
{
    private readonly FilterSources _sources = (context with { HasCandidates = true }).Sources;

    /// <summary>Reads the contact's attributes and fields; null if there is no such living contact.</summary>
    public async Task<JsonDocument?> AttributesAsync(CancellationToken ct)
    {
        var sql = $"""
            SELECT to_jsonb(c)
            FROM {_sources.Contacts} c
            WHERE account_id = @account AND contact_id = @contactId
            """;
        var rows = await QueryAsync<string>(sql, new { contactId }, ct);
        return rows.SingleOrDefault() is { } json ? JsonDocument.Parse(json) : null;
    }

    /// <summary>Reads since when the contact has the tags that it has, of some or of all.</summary>
    public async Task<IReadOnlyList<(string Name, DateTime? Since)>> TagsAsync(IReadOnlyCollection<int> tagIds, CancellationToken ct)
    {
        var sql = $"""
            SELECT n.name, max(h.at) AS since
            FROM {_sources.TagChunks} t
            JOIN tags.segment_tags n USING (account_id, tag_id)
            LEFT JOIN {_sources.TagChanges} h
                ON h.account_id = t.account_id AND h.tag_id = t.tag_id AND h.op = 1
                AND (h.contact_id = @contactId OR h.contact_id IS NULL AND h.chunk = @chunk AND get_bit(h.bits, @offset) = 1)
            WHERE t.account_id = @account AND t.chunk = @chunk AND t.tag_id > 0 AND get_bit(t.bits, @offset) = 1
                AND (cardinality(@tagIds) = 0 OR t.tag_id = ANY(@tagIds))
            GROUP BY n.name
            ORDER BY n.name
            LIMIT 20
            """;
        var rows = await QueryAsync<(string Name, DateTime? Since)>(
            sql,
            new
            {
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
        var sql = $"""
            SELECT at
            FROM {_sources.TagChanges} h
            WHERE account_id = @account AND tag_id = @tagId AND op = 1
                AND (contact_id = @contactId OR contact_id IS NULL AND chunk = @chunk AND get_bit(bits, @offset) = 1)
            ORDER BY at DESC
            LIMIT 5
            """;
        var parameters = new
        {
            contactId,
            tagId,
            chunk = ChunkLayout.ChunkOf(contactId),
            offset = ChunkLayout.OffsetOf(contactId),
        };
        return [.. await QueryAsync<DateTime>(sql, parameters, ct)];
    }

    /// <summary>Reads how often something was recorded until now, whenever it was, and when last.</summary>
    public async Task<(long Count, DateTime? Last)> ActivityAsync(ActivityClause clause, CancellationToken ct)
    {
        var sql = $"""
            SELECT count(*) AS count, max(at) AS last
            FROM {_sources.Activity} a
            WHERE account_id = @account AND contact_id = @contactId AND kind = @kind AND at <= @now
                AND (@channel = 0 OR channel = @channel)
                AND (@campaign = '' OR campaign_id::text = @campaign)
                AND (@eventName = '' OR detail = @eventName)
            """;
        var custom = clause.Kind == ActivityClause.Types.Kind.Custom;
        var rows = await QueryAsync<(long Count, DateTime? Last)>(
            sql,
            new
            {
                contactId,
                kind = (short)clause.Kind,
                now = context.Now.UtcDateTime,
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
        var sql = $"""
            SELECT concat_ws(', ', coalesce(o.name, '#' || o.opportunity_id), p.name || ' / ' || s.name,
                             (ARRAY['open', 'won', 'lost'])[o.status], o.amount::text,
                             'opened ' || o.opened_on, 'closed ' || o.closed_on)
            FROM {_sources.Opportunities} o
            LEFT JOIN {_sources.Pipelines} p USING (account_id, pipeline_id)
            LEFT JOIN {_sources.Stages} s USING (account_id, stage_id)
            WHERE o.account_id = @account AND o.contact_id = @contactId
            ORDER BY o.opportunity_id
            LIMIT 10
            """;
        return [.. await QueryAsync<string>(sql, new { contactId }, ct)];
    }

    /// <summary>Reads whether one of the contact's addresses gets nothing.</summary>
    public async Task<bool> IsSuppressedAsync(int channel, string? addressKey, CancellationToken ct)
    {
        var sql = $"""
            SELECT EXISTS (
                SELECT FROM {_sources.Suppressions} s
                WHERE account_id = @account AND channel = @channel AND address_key = @addressKey)
            """;
        return (await QueryAsync<bool>(sql, new { channel, addressKey }, ct)).Single();
    }

    private Task<IEnumerable<T>> QueryAsync<T>(string sql, object values, CancellationToken ct)
    {
        var parameters = new DynamicParameters(values);
        parameters.AddDynamicParams(new
        {
            account = snapshot.AccountId,
            candidates = new[] { contactId },
            asOf = context.Past?.At,
            pos = context.Past?.Pos,
            activityPos = context.Past?.ActivityPos,
        });
        return snapshot.QueryAsync<T>(sql, parameters, ct);
    }
}
