using System.Globalization;
using System.Reflection;
using Crm.Common.V1;
using Crm.Tags.V1;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Tagging.Bulk;

namespace TagSegments.Tags.Tests.Changes;

/// <summary>States, kinds and causes are numbers in the database. In the source they have names.</summary>
public sealed class LogNumbersTests
{
    [Theory]
    [InlineData(typeof(BulkStates), typeof(BulkOperation.Types.State))]
    [InlineData(typeof(CauseKinds), typeof(Cause.Types.Kind))]
    [InlineData(typeof(ContactChangeKinds), typeof(ContactChangeKind))]
    [InlineData(typeof(TagOps), typeof(TagEvent.Types.Kind))]
    public void Names_have_the_numbers_of_their_enumeration(Type names, Type enumeration) =>
        Assert.All(
            names.GetFields(BindingFlags.Public | BindingFlags.Static),
            field => Assert.Equal(
                Convert.ToInt32(Enum.Parse(enumeration, field.Name), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
                field.GetRawConstantValue()));
}
