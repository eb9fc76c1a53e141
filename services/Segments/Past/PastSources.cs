using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Past;

/// <summary>
/// The relations of filters as they were at a moment, given by the parameters <c>@account</c>, <c>@pos</c>, <c>@activityPos</c> and
/// <c>@asOf</c>: unchanged values are read as they are, and the logs have the earlier values of the others.
/// </summary>
internal static class PastSources
{
    private static readonly FilterSources s_everyone = Make(_ => "", "", "");

    private static readonly FilterSources s_candidates = Make(
        alias => $" AND {alias}.contact_id = ANY(@candidates)",
        $" AND r.opportunity_id IN ({OpportunitiesOfCandidates})",
        " AND (h.contact_id IS NULL OR h.contact_id = ANY(@candidates))");

    /// <summary>Gets the relations of a moment.</summary>
    public static FilterSources At(PastMoment moment)
    {
        (string, object)[] parameters = [("asOf", moment.At), ("pos", moment.Pos), ("activityPos", moment.ActivityPos)];
        return s_everyone with { Parameters = parameters, OfCandidates = s_candidates with { Parameters = parameters } };
    }

    // The present ones, and those they had or got since.
    private const string OpportunitiesOfCandidates = $"""
        SELECT o.opportunity_id FROM crm.segment_all_opportunities o
        WHERE o.account_id = @account AND o.contact_id = ANY(@candidates)
        UNION
        SELECT (h.before ->> 'opportunity_id')::int FROM crm.segment_contact_changes h
        WHERE h.account_id = @account AND h.contact_id = ANY(@candidates) AND h.kind = {ContactChangeKinds.OpportunityChanged} AND h.pos > @pos
        """;

    private const string TagChanges = "(SELECT * FROM tags.segment_tag_changes WHERE pos <= @pos)";

    private const string Activity = "(SELECT * FROM campaigns.segment_activity WHERE pos <= @activityPos)";

    // Each change of an address flips its state, so the first change shows the state before it.
    private const string Suppressions = """
        (SELECT s.account_id, s.channel, s.address_key FROM campaigns.segment_suppressions s
        WHERE s.account_id = @account AND NOT EXISTS (
            SELECT FROM campaigns.segment_suppression_changes h
            WHERE h.account_id = @account AND h.pos > @activityPos AND h.channel = s.channel AND h.address_key = s.address_key)
        UNION ALL
        SELECT h.account_id, h.channel, h.address_key
        FROM (
            SELECT DISTINCT ON (h.channel, h.address_key) h.account_id, h.channel, h.address_key, h.added
            FROM campaigns.segment_suppression_changes h
            WHERE h.account_id = @account AND h.pos > @activityPos
            ORDER BY h.channel, h.address_key, h.change_id) AS h
        WHERE NOT h.added)
        """;

    // The rule of crm.segment_declined, for the contacts that lived then.
    private static string Declined() => $"""
        (WITH r AS MATERIALIZED (
            SELECT r.*, coalesce(get_bit(l.bits, r.contact_id & 16383) = 1, false) AS is_living
            FROM {Contacts("", "")} AS r
            LEFT JOIN {TagChunks("")} AS l ON l.account_id = r.account_id AND l.tag_id = 0 AND l.chunk = r.contact_id >> 14
            WHERE NOT EXISTS (
                SELECT FROM crm.segment_contact_changes n
                WHERE n.account_id = @account AND n.contact_id = r.contact_id AND n.kind = {ContactChangeKinds.Created} AND n.pos > @pos))
        SELECT d.account_id, {Channels.Email} AS channel, d.email AS address
        FROM r d
        WHERE d.email_consent = {ConsentStates.Unsubscribed} AND d.email IS NOT NULL AND (d.is_living OR NOT EXISTS (
            SELECT FROM r s
            WHERE s.email_key = d.email_key AND s.email_consent = {ConsentStates.Subscribed} AND s.is_living AND s.email_consent_at >= d.email_consent_at))
        UNION ALL
        SELECT d.account_id, {Channels.Sms} AS channel, coalesce(d.phone_key, d.phone) AS address
        FROM r d
        WHERE d.sms_consent = {ConsentStates.Unsubscribed} AND d.phone IS NOT NULL AND (d.is_living OR NOT EXISTS (
            SELECT FROM r s
            WHERE {FilterSql.PhoneKey("s")} = {FilterSql.PhoneKey("d")} AND s.sms_consent = {ConsentStates.Subscribed} AND s.is_living AND s.sms_consent_at >= d.sms_consent_at)))
        """;

    private static FilterSources Make(Func<string, string> amongContacts, string amongOpportunities, string amongTagChanges) => new()
    {
        Contacts = Living(Contacts(amongContacts("h"), amongContacts("r")), TagChunks(amongTagChanges)),
        Declined = Declined(),
        Opportunities = $"""
            (SELECT o.*
            FROM {Rows("crm.segment_all_opportunities", "crm.segment_opportunity_changes", "opportunity_id", "true", amongOpportunities)} AS o
            WHERE o.contact_id IS NOT NULL OFFSET 0)
            """,
        Pipelines = Named("crm.segment_pipelines", "pipeline", "pipeline_id"),
        Stages = Named("crm.segment_stages", "stage", "stage_id"),
        Fields = Named("crm.segment_fields", "field", "field_id"),
        Accounts = Named("crm.segment_accounts", "account", "account_id"),
        Tags = Named("tags.segment_tags", "tag", "tag_id"),
        TagChunks = TagChunks(amongTagChanges),
        TagChanges = TagChanges,
        Activity = Activity,
        Suppressions = Suppressions,
    };

    // Also deleted ones.
    private static string Contacts(string whichChanges, string whichRows) =>
        Rows("crm.segment_all_contacts", "crm.segment_contact_changes", "contact_id", $"h.kind IN {ContactChangeKinds.OfRecord}{whichChanges}", whichRows);

    // OFFSET 0 keeps conditions of the filter from being evaluated on rows outside the result: a later value can have a type that its field did not
    // have then, and a conversion would fail.
    private static string Living(string rows, string tagChunks) => $"""
        (SELECT r.*
        FROM {rows} AS r
        JOIN {tagChunks} AS l ON l.account_id = r.account_id AND l.tag_id = 0 AND l.chunk = r.contact_id >> 14
        WHERE l.account_id = @account AND get_bit(l.bits, r.contact_id & 16383) = 1
            AND NOT EXISTS (SELECT FROM crm.segment_erasures e WHERE e.account_id = @account AND e.contact_id = r.contact_id) OFFSET 0)
        """;

    // The first of the values that a column had since the moment counts, so the objects are merged newest first. A change without earlier values is
    // a creation.
    private static string Rows(string view, string changes, string key, string whichChanges, string whichRows) => $"""
        (SELECT r.* FROM {view} r
        WHERE r.account_id = @account{whichRows} AND NOT EXISTS (
            SELECT FROM {changes} h
            WHERE h.account_id = @account AND h.{key} = r.{key} AND h.pos > @pos AND {whichChanges})
        UNION ALL
        SELECT p.*
        FROM (
            SELECT h.{key}, bool_or(h.before IS NULL) AS is_new,
                crm.overlay(h.before - 'fields' ORDER BY h.pos DESC, h.seq DESC) AS before,
                crm.overlay(h.before -> 'fields' ORDER BY h.pos DESC, h.seq DESC) AS fields
            FROM {changes} h
            WHERE h.account_id = @account AND h.pos > @pos AND {whichChanges}
            GROUP BY h.{key}) AS h
        JOIN {view} r ON r.account_id = @account AND r.{key} = h.{key}{whichRows}
        CROSS JOIN LATERAL jsonb_populate_record(r, h.before || jsonb_build_object(
            'fields', jsonb_strip_nulls(r.fields || coalesce(h.fields, jsonb_build_object())))) AS p
        WHERE NOT h.is_new)
        """;

    // Where the account's clock moved together with the name, its position decides, so that names fit the rest.
    private static string Named(string view, string kind, string key) => $"""
        (SELECT n.* FROM {view} n
        WHERE n.account_id = @account AND NOT EXISTS (SELECT FROM {Renamed(kind)} AS h WHERE h.item_id = n.{key})
        UNION ALL
        SELECT p.*
        FROM (SELECT DISTINCT ON (h.item_id) h.before FROM {Renamed(kind)} AS h ORDER BY h.item_id, h.until) AS h
        CROSS JOIN LATERAL jsonb_populate_record(NULL::{view}, h.before) AS p)
        """;

    private static string Renamed(string kind) => $"""
        (SELECT c.item_id, c.until, c.before FROM crm.segment_catalog_changes c
        WHERE c.account_id = @account AND c.kind = '{kind}' AND (c.pos > @pos OR (c.pos IS NULL AND c.until > @asOf)))
        """;

    // Each change turned over exactly the bits that it names.
    private static string TagChunks(string which) => $"""
        (SELECT b.account_id, b.tag_id, b.chunk, bit_xor(b.bits) AS bits
        FROM (
            SELECT t.account_id, t.tag_id, t.chunk, t.bits FROM tags.segment_tag_chunks t
            UNION ALL
            SELECT h.account_id, h.tag_id, h.chunk, coalesce(h.bits, set_bit(repeat('0', 16384)::bit(16384), h.contact_id & 16383, 1))
            FROM tags.segment_tag_changes h
            WHERE h.pos > @pos{which}) AS b
        GROUP BY b.account_id, b.tag_id, b.chunk)
        """;
}
