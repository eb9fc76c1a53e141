using System.Collections;
using Crm.Campaigns.V1;
using Crm.Segments.V1;
using Crm.Workflows.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using TagSegments.Filters.Facts;

namespace TagSegments.Tags.Tagging.Usages;

/// <summary>Finds the tags that a filter, smart list, campaign or workflow names by number.</summary>
internal static class TagReferences
{
    /// <summary>Gives the numbers, some perhaps several times. Looks into every message inside: a new kind of group needs no change here.</summary>
    public static IEnumerable<int> In(IMessage? message) => message switch
    {
        null => [],
        Filter filter => FilterReferences.Of(filter).TagIds,
        _ => Own(message).Concat(Inner(message).SelectMany(In)),
    };

    private static IEnumerable<int> Own(IMessage message) => message switch
    {
        SmartList list => new[] { list.IncludeTagId, list.ExcludeTagId }.Where(tagId => tagId != 0),
        Campaign campaign => campaign.RecipientTagIds,
        Definition definition => definition.ExitTagIds,
        TagTrigger trigger => trigger.TagIds,
        TagAction action => [action.TagId],
        _ => [],
    };

    private static IEnumerable<IMessage> Inner(IMessage message) => message.Descriptor.Fields.InFieldNumberOrder()
        .Where(field => field.FieldType == FieldType.Message && !field.IsMap)
        .SelectMany(field => field.Accessor.GetValue(message) switch
        {
            IList list => list.Cast<IMessage>(),
            IMessage inner => [inner],
            _ => [],
        });
}
