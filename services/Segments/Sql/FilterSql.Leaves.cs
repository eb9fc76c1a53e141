using System.Globalization;
using Crm.Segments.V1;
using TagSegments.Segments.Evaluation.Answers;
using Kind = Crm.Segments.V1.ActivityClause.Types.Kind;

namespace TagSegments.Segments.Sql;

internal sealed partial class FilterSql
{
    /// <summary>The number of expressions over contacts in one pass, a bit each.</summary>
    public const int ExpressionsPerPass = 60;

    /// <summary>The kinds of activity that the roll-up of e-mail knows, with its columns.</summary>
    public static IReadOnlyDictionary<Kind, string> RollUp { get; } = new Dictionary<Kind, string>
    {
        [Kind.Sent] = "last_sent_at",
        [Kind.Delivered] = "last_delivered_at",
        [Kind.Opened] = "last_opened_at",
        [Kind.Clicked] = "last_clicked_at",
        [Kind.Bounced] = "last_bounced_at",
        [Kind.Replied] = "last_replied_at",
        [Kind.Unsubscribed] = "last_unsubscribed_at",
        [Kind.Complained] = "last_complained_at",
    };

    /// <summary>
    /// Compiles leaves, expressions first, to one statement with the columns leaf, contact_id, value, at, chunk and bits. A row
    /// says that one contact is in the answer to the leaf of that number, and when, or the code of its number; or, in a pass of expressions,
    /// which of the leaves from that number on it matches, a bit for each; or that bits of a chunk are in the answer.
    /// </summary>
    public static SqlFragment CompileLeaves(IReadOnlyList<Leaf> leaves, FilterContext context)
    {
        var compiler = new FilterSql(context);
        var expressions = leaves.TakeWhile(leaf => leaf.IsExpression).ToList();
        var passes = expressions.Chunk(ExpressionsPerPass).Select((pass, i) => compiler.Pass(i * ExpressionsPerPass, pass));
        var rows = leaves.Select((leaf, i) => (leaf, i)).Skip(expressions.Count).Select(one => $"""
            SELECT {Number(one.i)} AS leaf, r.contact_id, r.value, r.at, r.chunk, r.bits FROM ({compiler.Rows(one.leaf)}) r
            """);
        return new SqlFragment(string.Join("\nUNION ALL\n", passes.Concat(rows).ToList()), compiler._parameters);
    }

    // Both operators bind alike in PostgreSQL, from left to right. The offset keeps the planner from computing every expression twice.
    private string Pass(int first, Leaf[] pass)
    {
        var matches = pass.Select((leaf, i) => $"(({Node(leaf.Clause, 1)})::int::bigint << {Number(i)})");
        return $"""
            SELECT {Number(first)} AS leaf, m.contact_id, m.matches AS value, NULL::timestamptz AS at, NULL::int AS chunk, NULL::bit(16384) AS bits
            FROM (
                SELECT c.contact_id, {string.Join(" | ", matches)} AS matches
                FROM {_sources.Contacts} c
                WHERE c.account_id = @account{AmongCandidates("c")}
                OFFSET 0) AS m
            WHERE m.matches <> 0
            """;
    }

    private string Rows(Leaf leaf) => leaf.Clause.KindCase switch
    {
        Filter.KindOneofCase.TagAdded => TagAddedRows(leaf),
        Filter.KindOneofCase.Activity when leaf.Value is LeafTime { IsRolledUp: true } => RolledUpRows(RollUp[leaf.Clause.Activity.Kind]),
        Filter.KindOneofCase.Activity when leaf.Value is LeafTime time => ActivityRows(leaf.Clause.Activity, TimeOf(time, "a.at"), NthOf(time, "a.contact_id", "a.at")),
        Filter.KindOneofCase.Activity => ActivityRows(leaf.Clause.Activity, NoTime, EnoughActivity(leaf.Clause.Activity)),
        Filter.KindOneofCase.Opportunity when leaf.Value is LeafTime time => OpportunityTimes(leaf.Clause.Opportunity, time),
        Filter.KindOneofCase.Opportunity => OpportunityRows(
            leaf.Clause.Opportunity,
            NoTime,
            leaf.Clause.Opportunity.AmountSum is { } sum
                ? $" GROUP BY o.contact_id HAVING {Compare("coalesce(sum(o.amount), 0)", sum)}"
                : AtLeastOf(leaf.Clause.Opportunity.Quantity, "o.contact_id")),
        _ when leaf.Value is LeafNumber => ContactNumbers(leaf.Clause.Field),
        _ => ContactTimes(leaf.Clause.Field),
    };

    private const string NoTime = "NULL::timestamptz";

    private const string TimeAlone = "0::bigint AS value, NULL::int AS chunk, NULL::bit(16384) AS bits";

    private string ActivityRows(ActivityClause clause, string at, string tail) => $"""
        SELECT a.contact_id, {at} AS at, {TimeAlone}
        FROM {_sources.Activity} a{ZoneJoin("a", clause.Window)}
        WHERE a.account_id = @account AND {WhichActivity(clause)}{AmongCandidates("a")}{tail}
        """;

    private string RolledUpRows(string column) => $"""
        SELECT a.contact_id, a.{column} AS at, {TimeAlone}
        FROM campaigns.segment_contact_activity a
        WHERE a.account_id = @account AND a.{column} IS NOT NULL{AmongCandidates("a")}
        """;

    private string OpportunityRows(OpportunityClause clause, string at, string tail) => $"""
        SELECT o.contact_id, {at} AS at, {TimeAlone}
        FROM {_sources.Opportunities} o{ZoneJoin("o", clause.Conditions.Select(condition => condition.Window))}
        WHERE o.account_id = @account{OpportunityConditions(clause)}{AmongCandidates("o")}{tail}
        """;

    private string OpportunityTimes(OpportunityClause clause, LeafTime time)
    {
        var field = FieldOf(new FieldClause { Field = time.Field }, ofOpportunity: true);
        var at = Instant(OpportunityColumn(field));
        return OpportunityRows(clause, TimeOf(time, at), NthOf(time, "o.contact_id", at));
    }

    private string ContactTimes(FieldClause clause)
    {
        var at = Instant(ContactColumn(FieldOf(clause, ofOpportunity: false)));
        return $"""
            SELECT t.contact_id, t.at, {TimeAlone}
            FROM (SELECT c.contact_id, {at} AS at FROM {_sources.Contacts} c WHERE c.account_id = @account{AmongCandidates("c")}) t
            WHERE t.at IS NOT NULL
            """;
    }

    private string ContactNumbers(FieldClause clause) => $"""
        SELECT n.contact_id, {NumberCode.Sql("n.number")} AS value, {NoTime} AS at, NULL::int AS chunk, NULL::bit(16384) AS bits
        FROM (
            SELECT c.contact_id, {ContactColumn(FieldOf(clause, ofOpportunity: false)).Sql}::numeric AS number
            FROM {_sources.Contacts} c
            WHERE c.account_id = @account{AmongCandidates("c")}
            OFFSET 0) AS n
        WHERE n.number IS NOT NULL
        """;

    // The additions of a bulk operation come as bits; the reader keeps the candidates.
    private string TagAddedRows(Leaf leaf)
    {
        var clause = leaf.Clause.TagAdded;
        var among = _context.HasCandidates ? " AND (h.contact_id IS NULL OR h.contact_id = ANY(@candidates))" : "";
        var window = leaf.Value is null ? $" AND {InWindow(TimeColumn.Instant("h.at"), clause.Window, "z")}" : "";
        return $"""
            SELECT h.contact_id, 0::bigint AS value, h.at, h.chunk, h.bits
            FROM {_sources.TagChanges} h
            WHERE h.account_id = @account AND h.tag_id = {Bind(clause.TagId)} AND h.op = {TagOps.Added}{among}{window}
            """;
    }

    private static string TimeOf(LeafTime time, string at) => (time.Earliest, time.Nth) switch
    {
        (false, 1) => $"max({at})",
        (true, 1) => $"min({at})",
        (var earliest, var nth) =>
            $"(array_agg({at} ORDER BY {at}{(earliest ? "" : " DESC")}) FILTER (WHERE {at} IS NOT NULL))[{Number(nth)}]",
    };

    private static string NthOf(LeafTime time, string key, string at) => $" GROUP BY {key} HAVING count({at}) >= {Number(time.Nth)}";

    private string AtLeastOf(Quantity? quantity, string key) =>
        $" GROUP BY {key}" + (quantity is { AtLeast: > 1 } ? $" HAVING count(*) >= {Bind((long)quantity.AtLeast)}" : "");

    // A text that is no instant, which no service writes, reads as missing.
    private static string Instant(FieldColumn column) => column.IsJson
        ? $"(CASE WHEN {column.Sql} LIKE '____-__-__T__:__:__.______Z' THEN CAST({column.Sql} AS timestamptz) END)"
        : column.Sql;

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
