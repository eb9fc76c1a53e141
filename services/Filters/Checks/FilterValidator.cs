using Crm.Common.V1;
using Crm.Segments.V1;
using Google.Protobuf;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Facts;
using TagSegments.Filters.Tree;
using TagSegments.Filters.Values;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Kind = Crm.Segments.V1.ActivityClause.Types.Kind;
using Match = Crm.Segments.V1.TagClause.Types.Match;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Filters.Checks;

/// <summary>Checks a filter against the limits, the catalog and the types of the fields. Collects everything that is wrong.</summary>
public sealed partial class FilterValidator
{
    private const int MostViolations = 20;

    private readonly FilterCatalog _catalog;
    private readonly FilterProblems _problems = new();
    private int _clauses;

    private FilterValidator(FilterCatalog catalog) => _catalog = catalog;

    /// <summary>Checks a filter; its paths begin with <paramref name="path"/>.</summary>
    public static FilterProblems Validate(Filter? filter, FilterCatalog catalog, string path = "filter")
    {
        var validator = new FilterValidator(catalog);
        if (validator._problems.Require(filter is not null, path, "is required") && validator.IsWithinLimits(filter!, path))
        {
            validator.CheckKnown(filter!, path);
            validator.CheckNodes(filter!, path);
        }

        return validator._problems;
    }

    private bool IsWithinLimits(Filter filter, string path)
    {
        foreach (var node in FilterTree.Walk(filter, path))
        {
            _clauses += node.Filter.KindCase == Filter.KindOneofCase.None ? 1 : ClauseFacts.Of(node.Filter).Weight;
            if (node.Depth > FilterLimits.Depth || _clauses > FilterLimits.Clauses)
            {
                _problems.AddTooLarge(node.Path, node.Depth > FilterLimits.Depth
                    ? $"the filter has more than {FilterLimits.Depth} levels"
                    : $"the filter has more than {FilterLimits.Clauses:N0} clauses");
                return false;
            }
        }

        return true;
    }

    // A caller newer than this service may set a condition that is not known here: without it, the clause would match too many.
    private void CheckKnown(Filter filter, string path)
    {
        if (!HasUnknownFields(filter))
        {
            return;
        }

        var clauses = FilterTree.Walk(filter, path).Where(node => !FilterTree.IsGroup(node.Filter) && HasUnknownFields(node.Filter)).ToList();
        foreach (var clause in clauses.Where(node => node.Filter.KindCase != Filter.KindOneofCase.None).Take(MostViolations))
        {
            _problems.Add(clause.ClausePath, "has a field that is not known here");
        }

        _problems.Require(clauses.Count > 0, path, "has a group with a field that is not known here");
    }

    private static bool HasUnknownFields(Filter filter) =>
        Filter.Parser.WithDiscardUnknownFields(true).ParseFrom(filter.ToByteString()).CalculateSize() != filter.CalculateSize();

    private void CheckNodes(Filter filter, string path)
    {
        foreach (var node in FilterTree.Walk(filter, path))
        {
            if (_problems.Violations.Count >= MostViolations)
            {
                return;
            }

            CheckNode(node.Filter, node.ClausePath);
        }
    }

    private void CheckNode(Filter filter, string path)
    {
        Action? check = filter.KindCase switch
        {
            Filter.KindOneofCase.None => () => _problems.Add(path, filter.CalculateSize() > 0 ? "is of a kind that is not known here" : "must be set"),
            Filter.KindOneofCase.AllOf => () => CheckGroup(filter.AllOf, path),
            Filter.KindOneofCase.AnyOf => () => CheckGroup(filter.AnyOf, path),
            // The member of a negation is a node of its own, and there is nothing to check in everyone.
            Filter.KindOneofCase.Negated or Filter.KindOneofCase.Everyone => null,
            Filter.KindOneofCase.Tag => () => CheckTag(filter.Tag, path),
            Filter.KindOneofCase.TagAdded => () => CheckTagAdded(filter.TagAdded, path),
            Filter.KindOneofCase.Field => () => CheckField(filter.Field, path, ofOpportunity: false),
            Filter.KindOneofCase.Activity => () => CheckActivity(filter.Activity, path),
            Filter.KindOneofCase.Opportunity => () => CheckOpportunity(filter.Opportunity, path),
            Filter.KindOneofCase.Consent => () => CheckConsent(filter.Consent, path),
            Filter.KindOneofCase.Segment => () => CheckSegment(filter.Segment.SegmentId, $"{path}.segment_id"),
        };
        check?.Invoke();
    }

    private void CheckTagAdded(TagAddedClause clause, string path)
    {
        CheckTagId(clause.TagId, $"{path}.tag_id");
        CheckWindow(clause.Window, $"{path}.window");
    }

    private void CheckConsent(ConsentClause clause, string path)
    {
        CheckChannel(clause.Channel, $"{path}.channel");
        CheckEnum(clause.State, $"{path}.state");
    }

    private void CheckGroup(FilterGroup group, string path) =>
        _problems.Require(group.Filters.Count > 0, $"{path}.filters", "must not be empty; for all contacts, say everyone");

    private void CheckTag(TagClause clause, string path)
    {
        CheckEnum(clause.Match, $"{path}.match");
        _problems.Require(clause.TagIds.Count == 0 || clause.NamePrefix.Length == 0, $"{path}.name_prefix", "must not be set together with tag_ids");
        _problems.Require(clause.Match != Match.All || clause.TagIds.Count > 0, $"{path}.tag_ids", "must not be empty if all tags must match");
        CheckText(clause.NamePrefix, $"{path}.name_prefix");
        CheckCount(clause.TagIds.Count, $"{path}.tag_ids");
        for (var i = 0; i < Math.Min(clause.TagIds.Count, FilterLimits.Operands); i++)
        {
            CheckTagId(clause.TagIds[i], $"{path}.tag_ids[{i}]");
        }
    }

    private void CheckTagId(int tagId, string path)
    {
        if (_problems.Require(tagId > 0, path, "must be the number of a tag") && _catalog.Tags.ById(tagId) is null)
        {
            _problems.AddMissing("tag", tagId.ToString(System.Globalization.CultureInfo.InvariantCulture), path);
        }
    }

    private void CheckSegment(string id, string path)
    {
        var isId = Guid.TryParse(id, out var guid) && guid.ToString() == id;
        if (_problems.Require(isId, path, "must be the id of a segment, in lower case") && _catalog.Segments.ById(id) is null)
        {
            _problems.AddMissing("segment", id, path);
        }
    }

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
            OperatorRules.Allows(field.Type, condition.Operator), $"{path}.operator", $"does not apply to values of type {OperatorRules.TypeName(field.Type)}"))
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
        if (_problems.Require(OperatorRules.Allows(FilterField.Link.Type, link.Operator), $"{path}.operator", "must be a comparison of texts"))
        {
            CheckOptions(link, path);
            CheckOperands(link.Values, link.Operator, FilterField.Link, link.IgnoreCase, $"{path}.values");
        }
    }

    private void CheckChannel(Channel channel, string path) =>
        _problems.Require(Enum.IsDefined(channel), path, "is not a known channel");

    private void CheckEnum<T>(T value, string path)
        where T : struct, Enum
    {
        if (_problems.Require(!value.Equals(default(T)), path, "must be set"))
        {
            _problems.Require(Enum.IsDefined(value), path, "is not a known value");
        }
    }
}
