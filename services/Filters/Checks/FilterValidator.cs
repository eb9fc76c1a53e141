using Crm.Common.V1;
using Crm.Segments.V1;
using Google.Protobuf;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Facts;
using TagSegments.Filters.Tree;
using Match = Crm.Segments.V1.TagClause.Types.Match;

namespace TagSegments.Filters.Checks;

/// <summary>Checks a filter against the limits, the catalog and the types of the fields. Collects everything that is wrong.</summary>
public sealed partial class FilterValidator
{
    private const int MostViolations = 20;

    private readonly FilterCatalog _catalog;
    private readonly FilterProblems _problems = new();
    private readonly Dictionary<(IReadOnlyList<string> Names, bool Folded), HashSet<string>> _known = [];
    private int _clauses;
    private int _suggested;

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
                    ? $"is too deep: the filter has more than {FilterLimits.Depth} levels"
                    : $"is too much: the filter has more than {FilterLimits.Clauses:N0} clauses");
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
        _problems.Require(clause.Match != Match.All || clause.TagIds.Count > 0, $"{path}.tag_ids", "must not be empty if all tags must match", "the names of tags in brackets: has all tags (\"A\", \"B\")");
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
        if (_problems.Require(isId, path, "must be the id of a segment, in lower case", "the name of a segment in double quotes") && _catalog.Segments.ById(id) is null)
        {
            _problems.AddMissing("segment", id, path);
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
