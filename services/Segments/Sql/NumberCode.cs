using System.Globalization;
using Crm.Segments.V1;
using TagSegments.Filters.Values;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Segments.Sql;

/// <summary>
/// The code of a number: a positive <c>long</c>, in the order of the numbers. Every number with at most four decimals has an even code of its
/// own; all numbers between two neighbours of these share the odd code between theirs; and all beyond about 230,584,300,921,369 on either side
/// share one. So a comparison with a number that has a code of its own is exact for every number.
/// </summary>
internal static class NumberCode
{
    private const int Scale = 10_000;
    private const long Zero = 1L << 62;
    // The highest code is below the end of an open span, which is long.MaxValue and excluded.
    private const long Most = Zero - 2;

    // Nothing below shares a code at the ends.
    private const decimal Largest = 230_000_000_000_000;

    /// <summary>Writes the code of a <c>numeric</c> in SQL.</summary>
    public static string Sql(string number) => string.Create(
        CultureInfo.InvariantCulture,
        $"(least(greatest(floor({number} * {Scale}) + ceil({number} * {Scale}), -{Most}), {Most})::bigint + {Zero})");

    /// <summary>
    /// Gets the codes, from one to before another, of the numbers that a positive comparison holds for. Null if codes do not decide it: an
    /// operand without a code of its own, or not a comparison with one or two numbers.
    /// </summary>
    public static (long From, long Until)? Span(FieldClause clause)
    {
        var codes = clause.Values.Select(Of).ToList();
        return codes.Contains(null) ? null : (clause.Operator, codes) switch
        {
            (Operator.Equals, [{ } code]) => (code, code + 1),
            (Operator.Less, [{ } code]) => (1, code),
            (Operator.LessOrEqual, [{ } code]) => (1, code + 1),
            (Operator.Greater, [{ } code]) => (code + 1, long.MaxValue),
            (Operator.GreaterOrEqual, [{ } code]) => (code, long.MaxValue),
            (Operator.Between, [{ } from, { } until]) => (from, until + 1),
            _ => null,
        };
    }

    private static long? Of(string operand) =>
        FilterValues.TryNumber(operand, out var number) && Math.Abs(number) <= Largest && decimal.IsInteger(number * Scale)
            ? Zero + (long)(2 * number * Scale)
            : null;
}
