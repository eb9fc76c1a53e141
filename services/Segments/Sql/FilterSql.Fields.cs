using System.Globalization;
using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Values;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Segments.Sql;

internal sealed partial class FilterSql
{
    private string Field(FieldClause clause) => Field(clause, ContactColumn(FieldOf(clause, false)), "c");

    // A negative comparison is the complement of the positive one, so it holds for a missing value unless that is excluded.
    private string Field(FieldClause clause, FieldColumn column, string zones) => clause.Operator switch
    {
        Operator.NotEquals => Negative(clause, column, Operator.Equals),
        Operator.NotIn => Negative(clause, column, Operator.In),
        Operator.NotContains => Negative(clause, column, Operator.Contains),
        Operator.HasNone => Negative(clause, column, Operator.HasAny),
        Operator.IsEmpty => IsEmpty(column),
        Operator.IsNotEmpty => $"NOT {IsEmpty(column)}",
        Operator.InWindow => $"({InWindow(column.Time, clause.Window, zones)}) IS TRUE",
        Operator.Anniversary => $"({Anniversary(clause, column, zones)}) IS TRUE",
        var positive => $"({Positive(clause, column, positive)}) IS TRUE",
    };

    private string Negative(FieldClause clause, FieldColumn column, Operator positive)
    {
        var negative = $"({Positive(clause, column, positive)}) IS NOT TRUE";
        return clause.AndIsSet ? $"({negative} AND NOT {IsEmpty(column)})" : $"({negative})";
    }

    private string Positive(FieldClause clause, FieldColumn column, Operator positive) => column.Field.Type switch
    {
        FieldType.MultipleChoice => Choices(clause, column, positive),
        FieldType.Text or FieldType.SingleChoice => Text(clause, column, positive),
        FieldType.Date or FieldType.DateTime => Ordered(clause, column, column.Time.Sql, positive),
        _ => Ordered(clause, column, column.Sql, positive),
    };

    private string Ordered(FieldClause clause, FieldColumn column, string sql, Operator positive)
    {
        if (positive == Operator.In)
        {
            return $"{sql} = ANY({Bind(OperandArray(column, clause.Values))})";
        }

        var operands = clause.Values.Select(value => Bind(Operand(column, value))).ToList();
        return positive == Operator.Between
            ? $"{sql} BETWEEN {operands[0]} AND {operands[1]}"
            : $"{sql} {ComparisonSign(positive)} {operands[0]}";
    }

    private static string ComparisonSign(Operator comparison) => comparison switch
    {
        Operator.Equals => "=",
        Operator.NotEquals => "<>",
        Operator.Less => "<",
        Operator.LessOrEqual => "<=",
        Operator.Greater => ">",
        Operator.GreaterOrEqual => ">=",
        _ => throw NotValidated($"no comparison {comparison}"),
    };

    private static object Operand(FieldColumn column, string value) => (column.Field.Type, column.IsJson) switch
    {
        (FieldType.Number, _) => Number(value),
        (FieldType.Boolean, _) => value == "true",
        (FieldType.Date, true) => value,
        (FieldType.Date, false) => FilterValues.TryDate(value, out var day) ? TimeColumn.DayNumber(day) : throw NotValidated("no date"),
        (FieldType.DateTime, true) => FilterValues.ToStored(ReadInstant(value)),
        (FieldType.DateTime, false) => ReadInstant(value).ToDateTimeUtc(),
        _ => value,
    };

    private static Array OperandArray(FieldColumn column, IEnumerable<string> values)
    {
        var operands = values.Select(value => Operand(column, value)).Distinct().ToArray();
        var array = Array.CreateInstance(operands[0].GetType(), operands.Length);
        operands.CopyTo(array, 0);
        return array;
    }

    private static decimal Number(string value) =>
        FilterValues.TryNumber(value, out var number) ? number : throw NotValidated("no number");

    private static NodaTime.Instant ReadInstant(string value) =>
        FilterValues.TryInstant(value, out var instant) ? instant : throw NotValidated("no instant");

    private FilterField FieldOf(FieldClause clause, bool ofOpportunity) =>
        _context.Catalog.Field(clause.Field, ofOpportunity) is { IsDeleted: false } field
            ? field
            : throw FilterErrors.MissingReference(new MissingReference("field", FilterErrors.FieldName(clause.Field), "filter.field"));

    private FieldColumn ContactColumn(FilterField field) => field.IsAttribute
        ? new FieldColumn(field, field.Name switch
        {
            "created" => "c.created_at",
            "updated" => "c.updated_at",
            "contact_id" or "external_id" or "email" or "phone" or "first_name" or "last_name" or "time_zone" or "language"
                or "do_not_disturb" => $"c.{field.Name}",
            _ => throw NotValidated($"no attribute {field.Name}"),
        })
        : FieldColumn.Custom(field, "c.fields", Bind(field.FieldId.ToString(CultureInfo.InvariantCulture)));
}
