using System.Collections;
using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace TagSegments.ServiceDefaults.Texts;

/// <summary>Brings the texts of messages into the form in which they are stored and compared.</summary>
internal static class ComposedText
{
    private static readonly ConcurrentDictionary<MessageDescriptor, FieldDescriptor[]> s_fields = new();

    /// <summary>Composes all texts of a message, in place.</summary>
    public static void Compose(IMessage message)
    {
        foreach (var field in s_fields.GetOrAdd(message.Descriptor, descriptor => [.. descriptor.Fields.InDeclarationOrder().Where(HasText)]))
        {
            switch (field.Accessor.GetValue(message))
            {
                case string { Length: > 0 } text when StoredText.Of(text) is var composed && !ReferenceEquals(composed, text):
                    field.Accessor.SetValue(message, composed);
                    break;
                case IMessage inner:
                    Compose(inner);
                    break;
                case IDictionary entries:
                    Compose(entries);
                    break;
                case IList items:
                    Compose(items);
                    break;
            }
        }
    }

    private static void Compose(IList items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is IMessage inner)
            {
                Compose(inner);
            }
            else if (items[i] is string text && StoredText.Of(text) is var composed && !ReferenceEquals(composed, text))
            {
                items[i] = composed;
            }
        }
    }

    // Of two keys that are one when they are composed, both stay, and are refused or found as they are.
    private static void Compose(IDictionary entries)
    {
        foreach (var key in entries.Keys.Cast<object>().ToList())
        {
            var value = entries[key];
            if (value is IMessage inner)
            {
                Compose(inner);
            }

            var newKey = key is string text ? StoredText.Of(text) : key;
            var newValue = value is string content ? StoredText.Of(content) : value;
            if (!ReferenceEquals(newKey, key) && !entries.Contains(newKey))
            {
                entries.Remove(key);
                entries.Add(newKey, newValue);
            }
            else if (!ReferenceEquals(newValue, value))
            {
                entries[key] = newValue;
            }
        }
    }

    private static bool HasText(FieldDescriptor field) => field.FieldType is FieldType.String or FieldType.Message;
}
