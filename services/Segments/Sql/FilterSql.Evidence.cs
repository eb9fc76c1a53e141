using Crm.Segments.V1;
using TagSegments.Segments.Explain;

namespace TagSegments.Segments.Sql;

/// <summary>This part compiles the rows that a clause reads, so that explanations show the evidence of the clause itself.</summary>
internal sealed partial class FilterSql
{
    /// <summary>The contact's chunks <c>t</c> of the tags in the clause; the caller looks for its bit.</summary>
    public static EvidenceSql TagsOf(TagClause clause, FilterContext context)
    {
        var compiler = ForCandidates(context);
        return compiler.Evidence($"{compiler._sources.TagChunks} t WHERE t.account_id = @account AND {compiler.WhichTags(clause)}");
    }

    /// <summary>The changes <c>h</c> that added the tag to anyone; the caller looks for the contact. The condition: it is in the window.</summary>
    public static EvidenceSql AdditionsOf(TagAddedClause clause, FilterContext context)
    {
        var compiler = ForCandidates(context);
        var zone = clause.Window.ContactZone
            ? $" JOIN {compiler._sources.Contacts} z ON z.account_id = h.account_id AND z.contact_id = ANY(@candidates)"
            : "";
        return compiler.Evidence(
            $"{compiler._sources.TagChanges} h{zone} WHERE h.account_id = @account AND h.tag_id = {compiler.Bind(clause.TagId)} AND h.op = {TagOps.Added}",
            compiler.InWindow(TimeColumn.Instant("h.at"), clause.Window, "z"));
    }

    /// <summary>The activity <c>a</c> that the clause counts, in any window. The condition: it is in the window.</summary>
    public static EvidenceSql ActivityOf(ActivityClause clause, FilterContext context)
    {
        var compiler = ForCandidates(context);
        var always = clause.Clone();
        always.Window = null;
        var rows = $"""
            {compiler._sources.Activity} a{compiler.ZoneJoin("a", clause.Window)}
            WHERE a.account_id = @account AND {compiler.WhichActivity(always)}{compiler.AmongCandidates("a")}
            """;
        var evidence = compiler.Evidence(
            rows, clause.Window is null ? "true" : compiler.InWindow(TimeColumn.Instant("a.at"), clause.Window, "z"));
        return clause.PropertySum is { } sum ? evidence with { Amount = compiler.Amount(sum) } : evidence;
    }

    /// <summary>All opportunities <c>o</c>, with the conditions of the clause.</summary>
    public static EvidenceSql OpportunitiesOf(OpportunityClause clause, FilterContext context)
    {
        var compiler = ForCandidates(context);
        var zone = compiler.ZoneJoin("o", clause.Conditions.Select(condition => condition.Window));
        return compiler.Evidence(
            $"{compiler._sources.Opportunities} o{zone} WHERE o.account_id = @account{compiler.AmongCandidates("o")}",
            [.. clause.Conditions.Select(compiler.OpportunityField)]);
    }

    private static FilterSql ForCandidates(FilterContext context) => new(context.ForCandidates());

    private EvidenceSql Evidence(string rows, params string[] conditions) => new(rows, conditions, _parameters);
}
