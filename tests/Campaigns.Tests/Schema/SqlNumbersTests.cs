using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Crm.Activity.V1;
using Crm.Campaigns.V1;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Tests.Schema;

// States, reasons and kinds are numbers in the database. In the source they have names.
public sealed partial class SqlNumbersTests
{
    [Theory]
    [InlineData(typeof(CampaignStates), typeof(Campaign.Types.State))]
    [InlineData(typeof(RecipientStates), typeof(Recipient.Types.State))]
    [InlineData(typeof(RecipientReasons), typeof(Recipient.Types.Reason))]
    [InlineData(typeof(SuppressionReasons), typeof(Suppression.Types.Reason))]
    [InlineData(typeof(ActivityKinds), typeof(Activity.Types.Kind))]
    [InlineData(typeof(BatchParts), typeof(BatchPart))]
    public void Names_have_the_numbers_of_their_enumeration(Type names, Type enumeration)
    {
        var numbers = names.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (field.Name, Value: (string)field.GetRawConstantValue()!))
            .Where(field => !field.Value.StartsWith('('))
            .ToList();

        Assert.NotEmpty(numbers);
        Assert.All(numbers, field => Assert.Equal(
            Convert.ToInt32(Enum.Parse(enumeration, field.Name), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture), field.Value));
    }

    [Fact]
    public void No_sql_of_the_service_has_a_bare_number_of_a_state_reason_kind_or_part()
    {
        var folder = Path.Combine(Repository.Root, "services/Campaigns");
        var files = Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(files);
        Assert.Empty(
            from file in files
            from sql in RawString().Matches(File.ReadAllText(file))
            from number in BareNumber().Matches(sql.Value)
            select $"{Path.GetRelativePath(folder, file)}: {number.Value}");
    }

    [Theory]
    [InlineData("WHERE state = 4")]
    [InlineData("SET state = 7, reason = 5")]
    [InlineData("r.state IN (1, 6)")]
    [InlineData("kind <> 1")]
    [InlineData("CASE part WHEN 2 THEN 'infinity' END")]
    [InlineData("CASE WHEN suppressed THEN 7 ELSE 3 END")]
    public void A_bare_number_is_found(string sql) => Assert.Matches(BareNumber(), sql);

    [GeneratedRegex("\"\"\".*?\"\"\"|\"[^\"\n]*\"", RegexOptions.Singleline)]
    private static partial Regex RawString();

    [GeneratedRegex(@"\b(state|shown|reason|kind|part)\b *(=|<>|<|>|IN|WHEN)+ *\(?\d|(THEN|ELSE) +[2-9]\b")]
    private static partial Regex BareNumber();
}
