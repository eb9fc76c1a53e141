using Crm.Common.V1;
using Crm.Segments.V1;
using NodaTime;
using NodaTime.Text;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Facts;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Match = Crm.Segments.V1.TagClause.Types.Match;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;
using Period = Crm.Segments.V1.Period;

namespace TagSegments.Testing.Oracle;

internal sealed partial class FilterGenerator
{
    private ActivityClause Activity() => Activity(Any<ActivityClause.Types.Kind>());

    private ActivityClause Event() => Activity(ActivityClause.Types.Kind.Custom);

    private ActivityClause Activity(ActivityClause.Types.Kind kind)
    {
        var isCustom = kind == ActivityClause.Types.Kind.Custom;
        var sum = isCustom && Chance(4) ? Sum() : null;
        return new ActivityClause
        {
            Kind = kind,
            Channel = isCustom ? Crm.Common.V1.Channel.Unspecified : Channel(),
            EventName = isCustom ? (Chance(2) ? "Webinar Attended" : "Say \"Hi\"") : "",
            CampaignId = Chance(3) ? WorldNames.Spring : "",
            Quantity = sum is null ? Quantity() : null,
            Window = Chance(2) ? Window() : null,
            Properties = { Enumerable.Range(0, isCustom && Chance(2) ? random.Next(1, 3) : 0).Select(_ => Property()) },
            PropertySum = sum is null ? null : new PropertySum { Name = Chance(2) ? "total" : PropertyName(), Sum = sum },
            Link = kind == ActivityClause.Types.Kind.Clicked && !Chance(3) ? Comparison(FilterField.Link) : null,
            Bounce = kind == ActivityClause.Types.Kind.Bounced ? (ActivityClause.Types.Bounce)random.Next(3) : 0,
        };
    }

    private string PropertyName() => Chance(8) ? "not [there]" : WorldNames.Properties[random.Next(WorldNames.Properties.Length)];

    private PropertyCondition Property()
    {
        var name = PropertyName();
        var type = Chance(4)
            ? s_propertyTypes[random.Next(s_propertyTypes.Length)]
            : s_propertyTypes[Math.Max(0, Array.IndexOf(WorldNames.Properties, name))];
        var field = PropertyFields.Field(name, type);
        Operator comparison;
        do
        {
            comparison = (Operator)random.Next((int)Operator.Equals, (int)Operator.IsNotEmpty + 1);
        }
        while (!OperatorRules.Allows(type, comparison));

        return PropertyFields.ToCondition(field, new FieldClause
        {
            Operator = comparison,
            Values = { Values(field, comparison) },
            IgnoreCase = type == FieldType.Text && OperatorRules.HasTextOperands(comparison) && Chance(2),
            AndIsSet = OperatorRules.IsNegative(comparison) && Chance(2),
        });
    }
}
