using System.Text.RegularExpressions;

namespace TagSegments.Architecture.Tests;

/// <summary>States, reasons and kinds are numbers in the database. In the source they have names.</summary>
public sealed partial class SqlTests
{
    public static TheoryData<string> Projects => House.Projects;

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_sql_has_a_bare_number_of_a_state_reason_kind_or_the_like(string project) =>
        House.RequireNone(
            from file in House.Sources(project)
            from text in Text().Matches(File.ReadAllText(file))
            from number in BareNumber().Matches(text.Value)
            select $"{Path.GetRelativePath(House.Folder, file)}: {number.Value}");

    [Theory]
    [InlineData("WHERE state = 4")]
    [InlineData("SET state = 7, reason = 5")]
    [InlineData("r.state IN (1, 6)")]
    [InlineData("c.cause_kind <> 10")]
    [InlineData("email_consent = 3")]
    [InlineData("CASE part WHEN 2 THEN 'infinity' END")]
    [InlineData("CASE WHEN suppressed THEN 7 ELSE 3 END")]
    public void A_bare_number_is_found(string sql) => Assert.Matches(BareNumber(), sql);

    [GeneratedRegex("\"\"\".*?\"\"\"|\"[^\"\n]*\"", RegexOptions.Singleline)]
    private static partial Regex Text();

    [GeneratedRegex(@"\b(\w+_)?(state|shown|reason|kind|part|op|channel|consent)\b *(=|<>|<|>|IN|WHEN)+ *\(?\d|(THEN|ELSE) +[2-9]\b")]
    private static partial Regex BareNumber();
}
