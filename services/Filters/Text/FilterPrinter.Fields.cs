using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Values;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Filters.Text;

public static partial class FilterPrinter
{
    private static string Field(FieldClause clause, FilterCatalog catalog, bool ofOpportunity)
    {
        var found = catalog.Field(clause.Field, ofOpportunity);
        var field = found ?? new FilterField(clause.Field.Attribute, FieldType.Unspecified, clause.Field.FieldId);
        // The name, if it finds this very field again: the name of a built-in attribute finds the attribute.
        var fields = ofOpportunity ? catalog.OpportunityFields : catalog.ContactFields;
        var isNamed = field.IsAttribute || (found is { IsDeleted: false } && fields.ByName(field.Name)?.FieldId == field.FieldId);
        var name = isNamed ? FilterWords.Name(field.Name) : $"#{Number(field.FieldId)}";
        return (clause.Operator == Operator.Anniversary ? "anniversary of " : "")
            + $"{name} {Comparison(clause, field)}"
            + (clause.LeapDayOnMarchFirst ? " with leap day on March first" : "")
            + (clause.IgnoreCase ? " ignoring case" : "")
            + (clause.AndIsSet ? " and is set" : "");
    }

    private static string Comparison(FieldClause clause, FilterField field)
    {
        string First() => Value(clause.Values[0], field.Type);
        string All() => $"({string.Join(", ", clause.Values.Select(value => Value(value, field.Type)))})";
        return clause.Operator switch
        {
            Operator.Equals => $"= {First()}",
            Operator.NotEquals => $"!= {First()}",
            Operator.Less => $"< {First()}",
            Operator.LessOrEqual => $"<= {First()}",
            Operator.Greater => $"> {First()}",
            Operator.GreaterOrEqual => $">= {First()}",
            Operator.Between => $"between {First()} and {Value(clause.Values[1], field.Type)}",
            Operator.In => $"in {All()}",
            Operator.NotIn => $"not in {All()}",
            Operator.Contains => $"contains {First()}",
            Operator.NotContains => $"does not contain {First()}",
            Operator.StartsWith => $"starts with {First()}",
            Operator.EndsWith => $"ends with {First()}",
            Operator.IsEmpty => "is empty",
            Operator.IsNotEmpty => "is not empty",
            Operator.HasAny => $"has any of {All()}",
            Operator.HasAll => $"has all of {All()}",
            Operator.HasNone => $"has none of {All()}",
            Operator.InWindow => Window(clause.Window),
            Operator.Anniversary => $"is {Window(clause.Window)}",
            _ => throw new ArgumentException("The filter has not been validated: a clause has no operator.", nameof(clause)),
        };
    }

    // Numbers, days, instants and truth values go without quotes.
    private static string Value(string value, FieldType type) => type switch
    {
        FieldType.Number when FilterValues.TryNumber(value, out _) => value,
        FieldType.Boolean when FilterValues.TryBoolean(value, out _) => value,
        FieldType.Date when FilterValues.TryDate(value, out _) => value,
        FieldType.DateTime when FilterValues.TryInstant(value, out _) => value,
        _ => Quote(value),
    };
}
