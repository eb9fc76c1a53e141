using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Values;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Kind = Crm.Segments.V1.ActivityClause.Types.Kind;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Filters.Checks;

public sealed partial class FilterValidator
{
    private void CheckActivity(ActivityClause clause, string path)
    {
        CheckEnum(clause.Kind, $"{path}.kind");
        CheckChannel(clause.Channel, $"{path}.channel");
        CheckQuantity(clause.Quantity, $"{path}.quantity");
        var isCustom = clause.Kind == Kind.Custom;
        _problems.Require(
            isCustom != FilterValues.IsBlank(clause.EventName), $"{path}.event_name", isCustom ? "is required" : "is for custom events only");
        CheckText(clause.EventName, $"{path}.event_name");
        if (clause.Window is not null)
        {
            CheckWindow(clause.Window, $"{path}.window");
        }

        if (clause.CampaignId.Length > 0
            && _problems.Require(Guid.TryParse(clause.CampaignId, out var guid), $"{path}.campaign_id", "must be the id of a campaign")
            && _catalog.Campaigns.ById(guid.ToString()) is null)
        {
            _problems.AddMissing("campaign", clause.CampaignId, $"{path}.campaign_id");
        }

        _problems.Require(isCustom || clause.Properties.Count == 0, $"{path}.properties", "are for custom events only");
        for (var i = 0; i < clause.Properties.Count && _problems.Violations.Count < MostViolations; i++)
        {
            CheckProperty(clause.Properties[i], $"{path}.properties[{i}]");
        }

        if (clause.PropertySum is { } sum)
        {
            _problems.Require(isCustom, $"{path}.property_sum", "is for custom events only");
            _problems.Require(clause.Quantity is null, $"{path}.property_sum", "must not be set together with quantity");
            CheckPropertyName(sum.Name, $"{path}.property_sum.name");
            CheckSum(sum.Sum ?? new AmountSum(), $"{path}.property_sum.sum");
        }

        _problems.Require(clause.Kind == Kind.Bounced || clause.Bounce == 0, $"{path}.bounce", "is for bounces only");
        _problems.Require(Enum.IsDefined(clause.Bounce), $"{path}.bounce", "is not a known value");
        _problems.Require(clause.Kind == Kind.Clicked || clause.Link is null, $"{path}.link", "is for clicks only");
        if (clause.Link is not null)
        {
            CheckLink(clause.Link, $"{path}.link");
        }
    }

    private void CheckProperty(PropertyCondition condition, string path)
    {
        CheckPropertyName(condition.Name, $"{path}.name");
        var (field, comparison) = (PropertyFields.FieldOf(condition), PropertyFields.ToComparison(condition));
        if (!_problems.Require(
            condition.Operator is >= Operator.Equals and <= Operator.IsNotEmpty,
            $"{path}.operator",
            "must be a comparison, a list, contains, starts with, ends with or is empty"))
        {
            return;
        }

        for (var i = 0; i < condition.Values.Count; i++)
        {
            var type = PropertyFields.TypeOf(condition.Values[i]);
            if (type == FieldType.Unspecified || type != field.Type)
            {
                _problems.Add($"{path}.values[{i}]", i == 0 ? "must be set" : $"must be of the same type as the first value, which is {OperatorRules.TypeName(field.Type)}");
                return;
            }
        }

        if (_problems.Require(
            OperatorRules.Allows(field.Type, condition.Operator), $"{path}.operator", $"does not apply to values of type {OperatorRules.TypeName(field.Type)}", OperatorRules.Words(field.Type)))
        {
            CheckOptions(comparison, path);
            CheckOperands(comparison.Values, comparison.Operator, field, comparison.IgnoreCase, $"{path}.values");
        }
    }

    private void CheckPropertyName(string name, string path)
    {
        if (_problems.Require(name.Length is > 0 and <= PropertyFields.NameLength, path, $"must have 1 to {PropertyFields.NameLength} characters"))
        {
            CheckText(name, path);
        }
    }

    private void CheckLink(FieldClause link, string path)
    {
        _problems.Require(link.Field is null, $"{path}.field", "must not be set: it is the link that is compared");
        if (_problems.Require(OperatorRules.Allows(FilterField.Link.Type, link.Operator), $"{path}.operator", "must be a comparison of texts", OperatorRules.Words(FilterField.Link.Type)))
        {
            CheckOptions(link, path);
            CheckOperands(link.Values, link.Operator, FilterField.Link, link.IgnoreCase, $"{path}.values");
        }
    }
}
