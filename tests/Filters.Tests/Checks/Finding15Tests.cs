using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Tree;
using TagSegments.Testing.HostileTexts;

namespace TagSegments.Filters.Tests.Checks;

/// <summary>Finding 15: names that do not exist cost little, however many and however long they are.</summary>
public sealed class Finding15Tests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Finding_15_thousands_of_long_values_that_do_not_exist_are_found_missing(bool ignoreCase)
    {
        var catalog = new FilterCatalog { AccountId = 1, Stages = [.. Enumerable.Range(0, 2_000).Select(i => Long(i, 'a'))] };
        var stage = new FieldClause
        {
            Field = new FieldRef { Attribute = "stage" },
            Operator = FieldClause.Types.Operator.In,
            Values = { Enumerable.Range(0, FilterLimits.Operands).Select(i => Long(i, 'b')) },
            IgnoreCase = ignoreCase,
        };
        FilterProblems? problems = null;

        Assert.Null(await SmallStack.RunAsync(() =>
            problems = FilterValidator.Validate(new Filter { Opportunity = new OpportunityClause { Conditions = { stage } } }, catalog)));

        Assert.Empty(problems!.Violations);
        Assert.Equal(FilterLimits.Operands, problems.Missing.Count);
    }

    [Fact]
    public void Finding_15_suggestions_are_those_of_the_whole_table()
    {
        var random = new Random(1);
        for (var round = 0; round < 2_000; round++)
        {
            var name = Random(random);
            string[] names = [.. Enumerable.Range(0, 8).Select(_ => Random(random)).Distinct()];
            var limit = Math.Clamp(name.Length / 3, 1, 4);

            var expected = names
                .Where(candidate => Distance(name, candidate) <= limit)
                .OrderBy(candidate => Distance(name, candidate)).ThenBy(candidate => candidate, StringComparer.Ordinal).Take(3);

            Assert.Equal(expected, Suggestions.For(name, names));
        }
    }

    private static string Long(int number, char letter) => $"{number}{new string(letter, 195)}";

    private static string Random(Random random) => new([.. Enumerable.Range(0, random.Next(1, 16)).Select(_ => "abc"[random.Next(3)])]);

    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                table[i, j] = i == 0 || j == 0
                    ? i + j
                    : Math.Min(table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }

        return table[a.Length, b.Length];
    }
}
