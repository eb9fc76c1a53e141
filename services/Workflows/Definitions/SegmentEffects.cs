using Crm.Segments.V1;
using Crm.Workflows.V1;
using Kind = Crm.Segments.V1.ActivityClause.Types.Kind;

namespace TagSegments.Workflows.Definitions;

/// <summary>Tells whether what a node does may bring a contact into a segment, with the filters of that segment and of those it refers to.</summary>
internal sealed class SegmentEffects(IReadOnlyDictionary<string, Filter> segments, IReadOnlyDictionary<int, string> tagNames)
{
    // What a message leads to by itself; all else is done by people.
    private static readonly Kind[] s_automatic = [Kind.Sent, Kind.Delivered, Kind.Bounced];

    /// <summary>Whether an activity of the kind follows from sending without anybody's doing.</summary>
    public static bool IsAutomatic(Kind kind) => s_automatic.Contains(kind);

    public bool MayBringIn(Node node, string segmentId) => segments.TryGetValue(segmentId, out var filter) && Helps(node, filter, to: true);

    // Whether the node may make the filter true, or false.
    private bool Helps(Node node, Filter filter, bool to) => filter.KindCase switch
    {
        Filter.KindOneofCase.AllOf => filter.AllOf.Filters.Any(member => Helps(node, member, to)),
        Filter.KindOneofCase.AnyOf => filter.AnyOf.Filters.Any(member => Helps(node, member, to)),
        Filter.KindOneofCase.Negated => Helps(node, filter.Negated, !to),
        Filter.KindOneofCase.Tag => HelpsTag(node, filter.Tag, to),
        Filter.KindOneofCase.TagAdded => node.AddTag?.TagId == filter.TagAdded.TagId,
        Filter.KindOneofCase.Field => node.SetField is { } set && HelpsField(set.Field, filter.Field.Field),
        Filter.KindOneofCase.Activity => node.SendMessage is not null && IsAutomatic(filter.Activity.Kind),
        Filter.KindOneofCase.Opportunity => node.MoveOpportunity is not null,
        Filter.KindOneofCase.Segment => segments.TryGetValue(filter.Segment.SegmentId, out var other) && Helps(node, other, to),
        Filter.KindOneofCase.Everyone or Filter.KindOneofCase.Consent => false,
        // A clause that this version does not know: better a loop too many than one too few.
        _ => true,
    };

    private bool HelpsTag(Node node, TagClause clause, bool to)
    {
        var asksForTag = clause.Match is not TagClause.Types.Match.None == to;
        return (asksForTag ? node.AddTag : node.RemoveTag) is { } action
            && (clause.TagIds.Contains(action.TagId)
                || (clause.TagIds.Count == 0 && tagNames.GetValueOrDefault(action.TagId, action.Tag).StartsWith(clause.NamePrefix, StringComparison.Ordinal)));
    }

    // Custom fields are known here by key and there by number, so any of them may be meant.
    private static bool HelpsField(string set, FieldRef asked) => asked.RefCase is FieldRef.RefOneofCase.Attribute
        ? asked.Attribute == set || asked.Attribute == "updated"
        : !FieldTypes.IsBuiltIn(set);
}
