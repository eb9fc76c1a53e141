using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using Kind = Crm.Segments.V1.ActivityClause.Types.Kind;

namespace TagSegments.Filters.Text;

public static partial class FilterPrinter
{
    private static string Activity(ActivityClause clause, FilterCatalog catalog)
    {
        var campaign = clause.CampaignId.Length > 0 ? $" of campaign {Name(catalog.Campaigns, clause.CampaignId, clause.CampaignId)}" : "";
        var window = clause.Window is null ? "" : $" {Window(clause.Window)}";
        if (clause.PropertySum is { } sum)
        {
            return $"sum of {FilterWords.Name(sum.Name)} of events {Event(clause)}{campaign}{window} {Sum(sum.Sum)}";
        }

        var never = IsNever(clause.Quantity);
        // Without more, `unsubscribed from email` is the state of consent.
        var isBare = clause is { Kind: Kind.Unsubscribed, CampaignId: "", Window: null, Quantity: null };
        var what = clause.Kind == Kind.Custom ? $"did {Event(clause)}"
            : isBare ? $"did unsubscribe from {Channel(clause.Channel)}"
            : $"{Verb(clause.Kind)} {Channel(clause.Channel)}";
        return (never ? "never " : "")
            + what
            + (clause.Link is null ? "" : $" ({Link(clause.Link, catalog)})")
            + (clause.Bounce == 0 ? "" : $" ({clause.Bounce.ToString().ToLowerInvariant()})")
            + campaign
            + (clause.Quantity is null || never ? "" : $" {Quantity(clause.Quantity)} {(IsOne(clause.Quantity) ? "time" : "times")}")
            + window;
    }

    private static string Event(ActivityClause clause) => Quote(clause.EventName)
        + (clause.Properties.Count > 0 ? $" ({string.Join(" AND ", clause.Properties.Select(Property))})" : "");

    private static string Property(PropertyCondition condition) =>
        $"{FilterWords.Name(condition.Name)} {Comparison(PropertyFields.ToComparison(condition), PropertyFields.FieldOf(condition))}"
        + (condition.IgnoreCase ? " ignoring case" : "")
        + (condition.AndIsSet ? " and is set" : "");

    private static string Sum(AmountSum sum) =>
        Comparison(new FieldClause { Operator = sum.Operator, Values = { sum.Values } }, FilterField.Amount);

    private static string Link(FieldClause link, FilterCatalog catalog) =>
        Field(new FieldClause(link) { Field = FilterField.Link.ToRef() }, catalog, ofOpportunity: false);

    private static string Verb(Kind kind) => kind switch
    {
        Kind.Sent => "was sent",
        Kind.Delivered => "received",
        Kind.Replied => "replied to",
        Kind.Unsubscribed => "unsubscribed from",
        Kind.Complained => "complained about",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static string Opportunity(OpportunityClause clause, FilterCatalog catalog)
    {
        var conditions = clause.Conditions.Count == 0
            ? ""
            : $" ({string.Join(" AND ", clause.Conditions.Select(condition => PrintCondition(condition, catalog)))})";
        if (clause.AmountSum is { } sum)
        {
            return $"sum of amount of opportunities{conditions} {Sum(sum)}";
        }

        var quantity = clause.Quantity;
        return quantity is null ? $"has opportunity{conditions}"
            : IsNever(quantity) ? $"has no opportunity{conditions}"
            : $"has {Quantity(quantity)} {(IsOne(quantity) ? "opportunity" : "opportunities")}{conditions}";
    }

    private static string Quantity(Quantity quantity) =>
        quantity switch
        {
            { HasAtLeast: true, HasAtMost: true } when quantity.AtLeast == quantity.AtMost => $"exactly {Number(quantity.AtLeast)}",
            { HasAtLeast: true, HasAtMost: true } => $"at least {Number(quantity.AtLeast)} and at most {Number(quantity.AtMost)}",
            { HasAtLeast: true } => $"at least {Number(quantity.AtLeast)}",
            _ => $"at most {Number(quantity.AtMost)}",
        };

    private static bool IsNever(Quantity? quantity) => quantity is { HasAtLeast: false, HasAtMost: true, AtMost: 0 };

    private static bool IsOne(Quantity quantity) => (quantity.HasAtMost ? quantity.AtMost : quantity.AtLeast) == 1;
}
