using Crm.Segments.V1;
using Crm.Workflows.V1;

namespace TagSegments.Workflows.Definitions;

/// <summary>Collects the tags that a definition refers to, for "where is this tag used".</summary>
internal static class DefinitionTags
{
    public static int[] Of(Definition definition) =>
    [
        .. definition.ExitTagIds
            .Concat(definition.Triggers.Where(trigger => trigger.Tag is not null).SelectMany(trigger => trigger.Tag.TagIds))
            .Concat(definition.Goals.SelectMany(goal => OfFilter(goal.Filter)))
            .Concat(definition.Nodes.SelectMany(OfNode))
            .Distinct()
            .Order(),
    ];

    private static IEnumerable<int> OfNode(Node node) => node.ActionCase switch
    {
        Node.ActionOneofCase.AddTag => [node.AddTag.TagId],
        Node.ActionOneofCase.RemoveTag => [node.RemoveTag.TagId],
        Node.ActionOneofCase.Branch => node.Branch.Branches.SelectMany(branch => OfFilter(branch.When.Filter)),
        Node.ActionOneofCase.Wait when node.Wait.Until is { } until => OfFilter(until.Condition.Filter),
        _ => [],
    };

    private static IEnumerable<int> OfFilter(Filter filter) => filter.KindCase switch
    {
        Filter.KindOneofCase.AllOf => filter.AllOf.Filters.SelectMany(OfFilter),
        Filter.KindOneofCase.AnyOf => filter.AnyOf.Filters.SelectMany(OfFilter),
        Filter.KindOneofCase.Negated => OfFilter(filter.Negated),
        Filter.KindOneofCase.Tag => filter.Tag.TagIds,
        Filter.KindOneofCase.TagAdded => [filter.TagAdded.TagId],
        _ => [],
    };
}
