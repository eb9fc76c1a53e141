using System.Globalization;
using Crm.Segments.V1;
using Dapper;
using Npgsql;
using TagSegments.Segments.Sql;
using TagSegments.Testing;
using Xunit.Abstractions;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Segments.Tests.Index;

/// <summary>The codes of numbers, as PostgreSQL writes them, decide every comparison as the numbers do.</summary>
public sealed class NumberCodeTests(ITestOutputHelper output)
{
    private static readonly Operator[] s_operators =
        [Operator.Equals, Operator.Less, Operator.LessOrEqual, Operator.Greater, Operator.GreaterOrEqual, Operator.Between];

    // Neighbours on the grid and between its numbers, both ends of the range, and beyond them.
    private static readonly string[] s_numbers =
    [
        "0", "-0.0000", "0.0001", "-0.0001", "0.00005", "-0.00005", "0.00019999", "1", "1.0", "-1", "12.5", "12.50001", "12.4999999999",
        "229999999999999.9999", "230000000000000", "230000000000000.00001", "230000000000001", "-230000000000000", "-230000000000000.5",
        "230584300921369", "230584300921370", "-230584300921370", "1234567890123456789012345679", "-9999999999999999999999999999", "0.0000000000000000000000000001",
    ];

    [Fact]
    public async Task A_span_of_codes_holds_the_numbers_for_which_the_comparison_is_true()
    {
        var seed = Seed.Value;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] numbers = [.. s_numbers, .. Enumerable.Range(0, 2_000).Select(_ => Random(random))];
        var codes = await CodesAsync(numbers);
        var clauses = 0;
        foreach (var clause in Enumerable.Range(0, 4_000).Select(_ => Clause(random, numbers)))
        {
            if (NumberCode.Span(clause) is { } span)
            {
                var expected = numbers.Where(number => Holds(clause, Parse(number)));
                Assert.Equal(expected, numbers.Where((_, i) => codes[i] >= span.From && codes[i] < span.Until));
                clauses++;
            }
        }

        Assert.InRange(clauses, 1_000, 3_900);
    }

    [Theory]
    [InlineData("1e400", long.MaxValue - 1)]
    [InlineData("-1e400", 2L)]
    [InlineData("0", 1L << 62)]
    public async Task A_number_that_is_too_large_has_the_code_of_its_end(string number, long code) =>
        Assert.Equal([code], await CodesAsync([number]));

    [Theory]
    [InlineData(Operator.Less, "0.00001")]
    [InlineData(Operator.Equals, "230000000000001")]
    [InlineData(Operator.Between, "1", "1.00005")]
    [InlineData(Operator.In, "1", "2")]
    [InlineData(Operator.NotEquals, "1")]
    [InlineData(Operator.IsEmpty)]
    public void What_codes_do_not_decide_has_no_span(Operator comparison, params string[] values) =>
        Assert.Null(NumberCode.Span(new FieldClause { Operator = comparison, Values = { values } }));

    private static async Task<IReadOnlyList<long>> CodesAsync(string[] numbers)
    {
        await using var database = await (await PostgresFixture.SharedAsync()).CreateEmptyDatabaseAsync();
        await using var connection = new NpgsqlConnection(database.OwnerConnectionString);
        var codes = await connection.QueryAsync<long>(
            $"SELECT {NumberCode.Sql("number::numeric")} FROM unnest(@numbers) WITH ORDINALITY AS n (number, i) ORDER BY i", new { numbers });
        return codes.AsList();
    }

    private static FieldClause Clause(Random random, string[] numbers)
    {
        var comparison = s_operators[random.Next(s_operators.Length)];
        var values = Enumerable.Range(0, comparison == Operator.Between ? 2 : 1).Select(_ => numbers[random.Next(numbers.Length)]);
        return new FieldClause { Operator = comparison, Values = { values } };
    }

    // Small ones with few decimals, so that some are the same, and others of every size.
    private static string Random(Random random) => Math.Round(
        (decimal)(random.NextDouble() - 0.5) * (decimal)Math.Pow(10, random.Next(0, 17)), random.Next(0, 7)).ToString(CultureInfo.InvariantCulture);

    private static bool Holds(FieldClause clause, decimal number)
    {
        var operands = clause.Values.Select(Parse).ToList();
        return clause.Operator switch
        {
            Operator.Equals => number == operands[0],
            Operator.Less => number < operands[0],
            Operator.LessOrEqual => number <= operands[0],
            Operator.Greater => number > operands[0],
            Operator.GreaterOrEqual => number >= operands[0],
            _ => number >= operands[0] && number <= operands[1],
        };
    }

    private static decimal Parse(string number) => decimal.Parse(number, CultureInfo.InvariantCulture);
}
