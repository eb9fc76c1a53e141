using System.Globalization;
using System.Reflection;
using Crm.Activity.V1;
using Crm.Campaigns.V1;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Tests.Schema;

/// <summary>States, reasons and kinds are numbers in the database. In the source they have names.</summary>
public sealed class SqlNumbersTests
{
    [Theory]
    [InlineData(typeof(CampaignStates), typeof(Campaign.Types.State))]
    [InlineData(typeof(RecipientStates), typeof(Recipient.Types.State))]
    [InlineData(typeof(RecipientReasons), typeof(Recipient.Types.Reason))]
    [InlineData(typeof(SuppressionReasons), typeof(Suppression.Types.Reason))]
    [InlineData(typeof(ActivityKinds), typeof(Activity.Types.Kind))]
    [InlineData(typeof(BounceClasses), typeof(Activity.Types.Bounce))]
    [InlineData(typeof(BatchParts), typeof(BatchPart))]
    [InlineData(typeof(MessageKinds), typeof(MessageKind))]
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
}
