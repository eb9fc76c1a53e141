using System.Collections;
using Crm.Segments.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace TagSegments.Segments.Evaluation;

/// <summary>What of a filter may be logged: all but the values that it compares with, which may be the name or the address of a person.</summary>
internal static class FilterShape
{
    private const string Hidden = "...";

    /// <summary>Copies a filter without its values.</summary>
    public static Filter Of(Filter filter)
    {
        var copy = filter.Clone();
        Hide(copy);
        return copy;
    }

    private static void Hide(IMessage message)
    {
        switch (message)
        {
            case FieldClause clause:
                for (var i = 0; i < clause.Values.Count; i++)
                {
                    clause.Values[i] = Hidden;
                }

                break;
            case PropertyValue { KindCase: PropertyValue.KindOneofCase.Text } value:
                value.Text = Hidden;
                break;
        }

        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder().Where(field => field.FieldType == FieldType.Message && !field.IsMap))
        {
            var value = field.Accessor.GetValue(message);
            foreach (var part in value as IEnumerable ?? new[] { value })
            {
                if (part is IMessage inner)
                {
                    Hide(inner);
                }
            }
        }
    }
}
