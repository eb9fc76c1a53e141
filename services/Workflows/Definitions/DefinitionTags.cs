using System.Collections;
using Crm.Workflows.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace TagSegments.Workflows.Definitions;

/// <summary>Collects the tags that a definition refers to, for "where is this tag used".</summary>
internal static class DefinitionTags
{
    private static readonly string[] s_fields = ["tag_id", "tag_ids", "exit_tag_ids"];

    public static int[] Of(Definition definition) => [.. In(definition).Where(tagId => tagId > 0).Distinct().Order()];

    // Every message inside, however it is nested: a new kind of node or clause needs no change here.
    private static IEnumerable<int> In(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder().Where(field => !field.IsMap))
        {
            var value = field.Accessor.GetValue(message);
            foreach (var item in field.IsRepeated ? ((IList)value).Cast<object>() : value is null ? [] : [value])
            {
                if (item is int tagId && s_fields.Contains(field.Name))
                {
                    yield return tagId;
                }

                foreach (var inner in field.FieldType is FieldType.Message ? In((IMessage)item) : [])
                {
                    yield return inner;
                }
            }
        }
    }
}
