using Crm.Segments.V1;
using TagSegments.Filters.Catalog;

namespace TagSegments.Segments.Sql;

internal sealed partial class FilterSql
{
    private string Opportunity(OpportunityClause clause) =>
        clause.AmountSum is { } sum
            ? Opportunities(clause, key => $" GROUP BY {key} HAVING {Compare("coalesce(sum(o.amount), 0)", sum)}")
            : Counted(clause.Quantity, having => Opportunities(clause, having));

    // All conditions apply to one and the same row.
    private string Opportunities(OpportunityClause clause, Func<string, string> having) => $"""
        c.contact_id IN (
            SELECT o.contact_id FROM {_sources.Opportunities} o{ZoneJoin("o", clause.Conditions.Select(condition => condition.Window))}
            WHERE o.account_id = @account{OpportunityConditions(clause)}{AmongCandidates("o")}{having("o.contact_id")})
        """;

    private string OpportunityConditions(OpportunityClause clause) =>
        string.Concat(clause.Conditions.Select(condition => $" AND {OpportunityField(condition)}"));

    private string OpportunityField(FieldClause clause) => clause.Field.Attribute switch
    {
        "pipeline" => $"""
            o.pipeline_id IN (
                SELECT n.pipeline_id FROM {_sources.Pipelines} n WHERE n.account_id = @account AND {NameMatches(clause)})
            """,
        "stage" => $"""
            o.stage_id IN (
                SELECT n.stage_id FROM {_sources.Stages} n WHERE n.account_id = @account AND {NameMatches(clause)})
            """,
        _ => Field(clause, OpportunityColumn(FieldOf(clause, true)), "z"),
    };

    // Names of pipelines and stages are compared as texts; their few rows are read once.
    private string NameMatches(FieldClause clause) => Field(clause, new FieldColumn(FieldOf(clause, true), "n.name"), "z");

    private FieldColumn OpportunityColumn(FilterField field) => field.IsAttribute
        ? new FieldColumn(field, field.Name switch
        {
            "name" => "o.name",
            "status" => "(CASE o.status WHEN 1 THEN 'open' WHEN 2 THEN 'won' WHEN 3 THEN 'lost' END)",
            "amount" => "o.amount",
            "opened" => "o.opened_on",
            "closed" => "o.closed_on",
            "stage_since" => "o.stage_since",
            _ => throw NotValidated($"no attribute {field.Name}"),
        })
        : FieldColumn.Custom(field, "o.fields", Bind(field.FieldId.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private string Compare(string sum, AmountSum clause)
    {
        var operands = clause.Values.Select(value => Bind(Number(value))).ToList();
        return clause.Operator == FieldClause.Types.Operator.Between
            ? $"{sum} BETWEEN {operands[0]} AND {operands[1]}"
            : $"{sum} {ComparisonSign(clause.Operator)} {operands[0]}";
    }
}
