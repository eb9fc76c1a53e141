using Crm.Common.V1;
using Crm.Segments.V1;
using TagSegments.Filters.Tree;

namespace TagSegments.Filters.Checks;

/// <summary>Brings a filter into the form in which it is saved and printed.</summary>
public static class FilterNormalizer
{
    /// <summary>
    /// Returns a copy in which a group of one is replaced by its member, an unset channel that means e-mail is set, and ids are in lower case.
    /// </summary>
    public static Filter Normalize(Filter filter)
    {
        var copy = filter.Clone();
        // Members first: a group can become a group of one only by its own members.
        foreach (var node in FilterTree.Walk(copy).Reverse().ToList())
        {
            NormalizeNode(node.Filter);
        }

        return copy;
    }

    private static void NormalizeNode(Filter node)
    {
        switch (node.KindCase)
        {
            case Filter.KindOneofCase.AllOf when node.AllOf.Filters.Count == 1:
                Become(node, node.AllOf.Filters[0]);
                break;
            case Filter.KindOneofCase.AnyOf when node.AnyOf.Filters.Count == 1:
                Become(node, node.AnyOf.Filters[0]);
                break;
            case Filter.KindOneofCase.Activity:
                NormalizeActivity(node.Activity);
                break;
            case Filter.KindOneofCase.Consent when node.Consent.Channel == Channel.Unspecified:
                node.Consent.Channel = Channel.Email;
                break;
            case Filter.KindOneofCase.Segment:
                node.Segment.SegmentId = CanonicalId(node.Segment.SegmentId);
                break;
        }
    }

    private static void NormalizeActivity(ActivityClause clause)
    {
        clause.CampaignId = CanonicalId(clause.CampaignId);
        if (clause.Kind == ActivityClause.Types.Kind.Custom)
        {
            clause.Channel = Channel.Unspecified;
        }
        else if (clause.Channel == Channel.Unspecified)
        {
            clause.Channel = Channel.Email;
        }
    }

    private static void Become(Filter node, Filter member)
    {
        var content = member.Clone();
        node.ClearKind();
        node.MergeFrom(content);
    }

    private static string CanonicalId(string id) => Guid.TryParse(id, out var guid) ? guid.ToString() : id;
}
