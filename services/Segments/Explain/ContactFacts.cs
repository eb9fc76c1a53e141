using System.Text.Json;
using Crm.Segments.V1;
using TagSegments.Bitmaps;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Explain;

/// <summary>
/// Reads the facts about one contact, now or at a moment of the past. Nothing is read before <see cref="Send"/>, which sends all queries
/// together.
/// </summary>
internal sealed class ContactFacts(Snapshot snapshot, int contactId, FilterContext context)
{
    private const int MostTags = 20;
    private const int MostEvents = 5;
    private const int MostOpportunities = 10;

    // Changes of this contact: a single change has its number, a bulk change its bit.
    private const string OfContact =
        "(h.contact_id = @contactId OR h.contact_id IS NULL AND h.chunk = @chunk AND get_bit(h.bits, @offset) = 1)";

    private readonly QueryBatch _queries = new(snapshot);
    private readonly FilterContext _context = context.ForCandidates();
    private readonly FilterSources _sources = context.ForCandidates().Sources;

    /// <summary>Sends the queries; the function returned waits for the answers, and has to be called before anything else is read.</summary>
    public Func<Task> Send(CancellationToken ct) => _queries.Send(plannedOnce: context.Sources.ArePresent, ct);

    /// <summary>Reads the contact's attributes and fields; null if there is no such living contact.</summary>
    public async Task<ContactValues?> AttributesAsync()
    {
        var sql = $"""
            SELECT to_jsonb(c)
            FROM {_sources.Contacts} c
            WHERE account_id = @account AND contact_id = @contactId
            """;
        var rows = await QueryAsync<string>(sql, FilterSql.Parameters(_context));
        return rows.SingleOrDefault() is { } json ? new ContactValues(JsonSerializer.Deserialize<JsonElement>(json), context) : null;
    }

    /// <summary>Reads which clauses are true, each an object of its own; none for a contact that is not living.</summary>
    public async Task<IReadOnlyDictionary<Filter, bool>> TruthsAsync(IReadOnlyCollection<Filter> clauses)
    {
        var (texts, parameters) = FilterSql.CompileEach(clauses, _context);
        var sql = $"""
            SELECT unnest(ARRAY[{string.Join(", ", texts)}]::boolean[])
            FROM {_sources.Contacts} c
            WHERE c.account_id = @account AND c.contact_id = @contactId
            """;
        var truths = clauses.Count == 0 ? [] : await QueryAsync<bool>(sql, parameters);
        return clauses.Zip(truths).ToDictionary(
            clause => clause.First, clause => clause.Second, ReferenceEqualityComparer.Instance as IEqualityComparer<Filter>);
    }

    /// <summary>Reads which of the tags in the clause the contact has, and the last change of each.</summary>
    public async Task<IReadOnlyList<TagFact>> TagsAsync(TagClause clause)
    {
        var held = FilterSql.TagsOf(clause, _context);
        var sql = $"""
            WITH held AS MATERIALIZED (
                SELECT t.tag_id FROM {held.Rows} AND t.chunk = @chunk AND get_bit(t.bits, @offset) = 1),
            shown AS MATERIALIZED (
                SELECT tag_id, has, (count(*) FILTER (WHERE has) OVER ())::int AS count
                FROM (
                    SELECT tag_id, true AS has FROM held
                    UNION ALL
                    SELECT DISTINCT tag_id, false FROM unnest(@tagIds) AS tag_id WHERE tag_id NOT IN (SELECT tag_id FROM held)) AS asked
                ORDER BY has DESC, tag_id
                LIMIT {MostTags}),
            changes AS (
                SELECT DISTINCT ON (h.tag_id, h.op) h.tag_id, h.op, h.at, h.cause_kind, h.cause_id, h.cause_detail, h.actor
                FROM {_sources.TagChanges} h
                WHERE h.account_id = @account AND h.tag_id IN (SELECT tag_id FROM shown) AND {OfContact}
                ORDER BY h.tag_id, h.op, h.pos DESC, h.seq DESC)
            SELECT s.tag_id, s.has, s.count, h.at, h.cause_kind, h.cause_id, h.cause_detail, h.actor
            FROM shown s
            LEFT JOIN changes h ON h.tag_id = s.tag_id AND h.op = CASE WHEN s.has THEN {TagOps.Added} ELSE {TagOps.Removed} END
            ORDER BY s.has DESC, s.tag_id
            """;
        held.Parameters.Add("tagIds", clause.TagIds.ToArray());
        return await QueryAsync<TagFact>(sql, held.Parameters);
    }

    /// <summary>Reads when and why a tag was added.</summary>
    public Task<IReadOnlyList<EventFact>> AdditionsAsync(TagAddedClause clause)
    {
        var additions = FilterSql.AdditionsOf(clause, _context);
        return EventsAsync(additions, $"""
            SELECT h.at, {additions.Conditions[0]} AS in_window, NULL AS campaign_id, NULL AS detail, NULL AS properties, NULL AS bounce, {additions.Amount} AS amount,
                h.cause_kind, h.cause_id, h.cause_detail, h.actor
            FROM {additions.Rows} AND {OfContact}
            """);
    }

    /// <summary>Reads the activity recorded until now.</summary>
    public Task<IReadOnlyList<EventFact>> ActivityAsync(ActivityClause clause)
    {
        var activity = FilterSql.ActivityOf(clause, _context);
        return EventsAsync(activity, $"""
            SELECT a.at, {activity.Conditions[0]} AS in_window, a.campaign_id::text, a.detail, a.properties::text AS properties,
                (ARRAY['hard', 'soft'])[a.bounce] AS bounce, {activity.Amount} AS amount,
                NULL::smallint AS cause_kind, NULL AS cause_id, NULL AS cause_detail, NULL AS actor
            FROM {activity.Rows}
            """);
    }

    /// <summary>Reads the contact's opportunities. Opportunities that meet the most conditions come first.</summary>
    public async Task<IReadOnlyList<OpportunityFact>> OpportunitiesAsync(OpportunityClause clause)
    {
        var opportunities = FilterSql.OpportunitiesOf(clause, _context);
        var sql = $"""
            WITH tested AS (
                SELECT o.*, ARRAY[{string.Join(", ", opportunities.Conditions)}]::boolean[] AS met
                FROM {opportunities.Rows})
            SELECT o.opportunity_id, o.name, p.name AS pipeline, s.name AS stage, o.status, trim_scale(o.amount)::text AS amount,
                o.opened_on::text AS opened, o.closed_on::text AS closed, o.stage_since, o.met,
                (count(*) FILTER (WHERE true = ALL(o.met)) OVER ())::int AS count, (count(*) OVER ())::int AS count_in_all,
                trim_scale(sum(coalesce(o.amount, 0)) FILTER (WHERE true = ALL(o.met)) OVER ())::text AS amount_sum
            FROM tested o
            LEFT JOIN {_sources.Pipelines} p ON p.account_id = o.account_id AND p.pipeline_id = o.pipeline_id
            LEFT JOIN {_sources.Stages} s ON s.account_id = o.account_id AND s.stage_id = o.stage_id
            ORDER BY cardinality(array_positions(o.met, true)) DESC, o.opportunity_id
            LIMIT {MostOpportunities}
            """;
        return await QueryAsync<OpportunityFact>(sql, opportunities.Parameters);
    }

    /// <summary>
    /// Reads the contact's address of a channel in the form in which it is compared with suppressed ones, and the reason and start of its
    /// suppression, as far as they are known of the past; null if there is no such living contact.
    /// </summary>
    public async Task<SuppressionFact?> SuppressionAsync(bool isSms)
    {
        var columns = context.Sources.ArePresent
            ? "(ARRAY['bounced', 'complained', 'unsubscribed', 'manual'])[s.reason] AS reason, s.source, s.created_at"
            : "NULL AS reason, NULL AS source, NULL::timestamptz AS created_at";
        var sql = $"""
            SELECT a.address, s.address_key IS NOT NULL AS is_suppressed, {columns}
            FROM (
                SELECT {(isSms ? FilterSql.PhoneKey("c") : "c.email_key")} AS address
                FROM {_sources.Contacts} c
                WHERE c.account_id = @account AND c.contact_id = @contactId) AS a
            LEFT JOIN {_sources.Suppressions} s ON s.account_id = @account AND s.channel = {(isSms ? 2 : 1)}
                AND (s.address_key = a.address{(isSms ? "" : " OR s.address_key = ANY (campaigns.domains_of(a.address))")})
            ORDER BY s.address_key = a.address DESC
            LIMIT 1
            """;
        return (await QueryAsync<SuppressionFact>(sql, FilterSql.Parameters(_context))).SingleOrDefault();
    }

    private async Task<IReadOnlyList<EventFact>> EventsAsync(EvidenceSql evidence, string rows)
    {
        var sql = $"""
            SELECT e.*, (count(*) FILTER (WHERE e.in_window) OVER ())::int AS count, (count(*) OVER ())::int AS count_in_all,
                trim_scale(sum(e.amount) FILTER (WHERE e.in_window) OVER ())::text AS amount_sum
            FROM ({rows}) AS e
            ORDER BY e.in_window DESC, e.at DESC
            LIMIT {MostEvents}
            """;
        return await QueryAsync<EventFact>(sql, evidence.Parameters);
    }

    private Task<List<T>> QueryAsync<T>(string sql, SqlParameters parameters)
    {
        parameters.Add("candidates", new[] { contactId });
        parameters.Add("contactId", contactId);
        parameters.Add("chunk", ChunkLayout.ChunkOf(contactId));
        parameters.Add("offset", ChunkLayout.OffsetOf(contactId));
        return _queries.AddAsync<T>(sql, parameters);
    }
}
