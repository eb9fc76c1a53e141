using Crm.Common.V1;
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
        var isWhole = positive is Operator.Equals or Operator.In;
        return isWhole && column.Field.Addresses is { } channel ? IsAddress(clause, column, channel) : Text(clause, column, clause.Values, positive);
    }

    // Addresses are equal if they reach the same person, however they are written. A phone without digits is no number and compares as written.
    private string IsAddress(FieldClause clause, FieldColumn column, Channel channel)
    {
        var isSms = channel == Channel.Sms;
        var addresses = clause.Values.Where(value => !isSms || value.Any(char.IsAsciiDigit)).ToList();
        var keys = addresses.Select(value => Address.Key(channel, value, _context.Catalog.Country)).Distinct().ToArray();
        var isOne = $"{(isSms ? PhoneKey("c") : "c.email_key")} = ANY({Bind(keys)})";
        return addresses.Count == clause.Values.Count ? isOne : $"({isOne} OR {Text(clause, column, clause.Values.Except(addresses), Operator.In)})";
    }

    private string Text(FieldClause clause, FieldColumn column, IEnumerable<string> values, Operator positive)
    {
        var operands = values.Select(value => clause.IgnoreCase ? CaseFolding.Fold(value) : value).Distinct().ToArray();
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
