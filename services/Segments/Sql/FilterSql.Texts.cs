using Crm.Segments.V1;
using TagSegments.Filters.Values;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Segments.Sql;

internal sealed partial class FilterSql
{
    // Every white space character of Unicode.
    internal const string WhiteSpace =
        """U&'\0009\000A\000B\000C\000D\0020\0085\00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\2028\2029\202F\205F\3000'""";

    private static string IsEmpty(FieldColumn column) => column.Field.Type switch
    {
        FieldType.Text or FieldType.SingleChoice => $"(coalesce(btrim({column.Sql}, {WhiteSpace}), '') = '')",
        FieldType.MultipleChoice => $"(coalesce(jsonb_array_length({column.Sql}), 0) = 0)",
        _ => $"({column.Sql} IS NULL)",
    };

    private string Text(FieldClause clause, FieldColumn column, Operator positive)
    {
        var operands = clause.Values.Select(value => clause.IgnoreCase ? CaseFolding.Fold(value) : value).Distinct().ToArray();
        var sql = clause.IgnoreCase ? Folded(column.Sql, operands) : column.Sql;
        if (positive is Operator.Equals or Operator.In)
        {
            return $"{sql} = ANY({Bind(operands)})";
        }

        var match = TextMatch(sql, Bind(operands[0]), positive);
        // White space is no value, so it contains nothing; only an operand of white space could be found in it.
        return FilterValues.IsBlank(operands[0]) ? $"{match} AND NOT {IsEmpty(column)}" : match;
    }

    // Not LIKE: every character of the operand stands for itself.
    private static string TextMatch(string sql, string operand, Operator positive) => positive switch
    {
        Operator.Contains => $"strpos({sql}, {operand}) > 0",
        Operator.StartsWith => $"starts_with({sql}, {operand})",
        Operator.EndsWith => $"right({sql}, char_length({operand})) = {operand}",
        _ => throw NotValidated($"no comparison of texts {positive}"),
    };

    private string Folded(string sql, IEnumerable<string> operands)
    {
        var (from, to) = CaseFolding.Translation(operands);
        return $"translate({sql}, {Bind(from)}, {Bind(to)})";
    }

    private string Choices(FieldClause clause, FieldColumn column, Operator positive)
    {
        if (clause.IgnoreCase)
        {
            return FoldedChoices(clause, column, positive);
        }

        var operands = Bind(clause.Values.Distinct().ToArray());
        return positive == Operator.HasAll ? $"jsonb_exists_all({column.Sql}, {operands})" : $"jsonb_exists_any({column.Sql}, {operands})";
    }

    private string FoldedChoices(FieldClause clause, FieldColumn column, Operator positive)
    {
        var operands = clause.Values.Select(CaseFolding.Fold).Distinct().ToArray();
        var held = $"(SELECT {Folded("v.value", operands)} FROM jsonb_array_elements_text({column.Sql}) v)";
        var wanted = $"unnest({Bind(operands)}) w(value)";
        return positive == Operator.HasAll
            ? $"NOT EXISTS (SELECT FROM {wanted} WHERE w.value NOT IN {held})"
            : $"EXISTS (SELECT FROM {wanted} WHERE w.value IN {held})";
    }
}
