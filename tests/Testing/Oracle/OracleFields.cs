using System.Globalization;
using System.Text.RegularExpressions;
using Crm.Segments.V1;
using NodaTime;
using NodaTime.Text;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Testing.Oracle;

/// <summary>Compares one value with a clause.</summary>
internal static class OracleFields
{
    /// <summary>Absent, empty or white space only, or an empty list.</summary>
    public static bool IsEmpty(object? value) => value switch
    {
        null => true,
        string text => text.Length == 0,
        string[] list => list.Length == 0,
        _ => false,
    };

    public static bool Matches(FieldClause clause, object? found, WorldContact contact, OracleWindows windows, Mutant mutant)
    {
        var value = found is string text && text.All(char.IsWhiteSpace) && mutant != Mutant.BlankIsAValue ? null : found;
        switch (clause.Operator)
        {
            case Operator.IsEmpty:
                return value is null;
            case Operator.IsNotEmpty:
                return value is not null;
            case Operator.NotEquals or Operator.NotIn or Operator.NotContains or Operator.HasNone:
                return value is null
                    ? !clause.AndIsSet && mutant != Mutant.NegativesNeedAValue
                    : !Positive(clause, PositiveOf(clause.Operator), value, mutant);
            case Operator.InWindow:
                return value switch
                {
                    Instant instant => windows.Contains(clause.Window, instant, contact),
                    LocalDate day => windows.Contains(clause.Window, day, contact),
                    _ => false,
                };
            case Operator.Anniversary:
                return value is not null && windows.HasAnniversary(clause, value, contact);
            default:
                return value is not null && Positive(clause, clause.Operator, value, mutant);
        }
    }

    public static bool Compare(FieldClause clause, decimal value) => Positive(clause, clause.Operator, value, Mutant.None);

    private static Operator PositiveOf(Operator negative) => negative switch
    {
        Operator.NotEquals => Operator.Equals,
        Operator.NotIn => Operator.In,
        Operator.NotContains => Operator.Contains,
        _ => Operator.HasAny,
    };

    private static bool Positive(FieldClause clause, Operator comparison, object value, Mutant mutant)
    {
        var operands = clause.Values.Select(operand => Read(operand, value)).ToList();
        if (value is string text)
        {
            return Text(clause, comparison, text, [.. operands.Cast<string>()], mutant);
        }

        if (value is string[] held)
        {
            var (folded, asked) = (held.Select(h => Case(clause, h, mutant)), operands.Select(o => Case(clause, (string)o, mutant)));
            return comparison == Operator.HasAll ? asked.All(folded.Contains) : asked.Any(folded.Contains);
        }

        int Order(object operand) => mutant == Mutant.NumbersAreDoubles && value is decimal number
            ? ((double)number).CompareTo((double)(decimal)operand)
            : ((IComparable)value).CompareTo(operand);
        return comparison switch
        {
            Operator.Equals => Order(operands[0]) == 0,
            // Of sums only: a sum is there, or the clause is not asked at all.
            Operator.NotEquals => Order(operands[0]) != 0,
            Operator.Less => Order(operands[0]) < 0,
            Operator.LessOrEqual => Order(operands[0]) <= 0,
            Operator.Greater => Order(operands[0]) > 0,
            Operator.GreaterOrEqual => Order(operands[0]) >= 0,
            Operator.Between => Order(operands[0]) >= 0 && Order(operands[1]) <= 0,
            Operator.In => operands.Any(operand => Order(operand) == 0),
            _ => throw new InvalidOperationException($"{comparison}"),
        };
    }

    private static bool Text(FieldClause clause, Operator comparison, string value, string[] operands, Mutant mutant)
    {
        var text = Case(clause, value, mutant);
        var asked = operands.Select(operand => Case(clause, operand, mutant)).ToArray();
        return comparison switch
        {
            Operator.Equals or Operator.In => asked.Contains(text),
            Operator.Contains when mutant == Mutant.PercentIsAWildcard =>
                Regex.IsMatch(text, Regex.Escape(asked[0]).Replace("%", ".*"), RegexOptions.Singleline),
            Operator.Contains => text.Contains(asked[0], StringComparison.Ordinal),
            Operator.StartsWith => text.StartsWith(asked[0], StringComparison.Ordinal),
            Operator.EndsWith => text.EndsWith(asked[0], StringComparison.Ordinal),
            _ => throw new InvalidOperationException($"{comparison}"),
        };
    }

    private static string Case(FieldClause clause, string text, Mutant mutant) =>
        (clause.IgnoreCase && mutant != Mutant.CaseIsNeverIgnored) || mutant == Mutant.CaseIsIgnored ? text.ToUpperInvariant().ToLowerInvariant() : text;

    private static object Read(string operand, object like) => like switch
    {
        decimal => decimal.Parse(operand, CultureInfo.InvariantCulture),
        bool => bool.Parse(operand),
        LocalDate => LocalDatePattern.Iso.Parse(operand).Value,
        Instant => Instant.FromDateTimeOffset(DateTimeOffset.Parse(operand, CultureInfo.InvariantCulture)),
        _ => operand,
    };
}
