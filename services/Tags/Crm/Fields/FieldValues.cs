using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>
/// The custom field values of one contact or opportunity by field number, each as JSON in canonical form: equal values have equal texts, so
/// that "has it changed?" is a comparison of texts. It is what the jsonb columns hold.
/// </summary>
internal sealed class FieldValues
{
    private readonly SortedList<int, string> _values = [];

    /// <summary>The fields that have a value.</summary>
    public IEnumerable<KeyValuePair<int, string>> All => _values;

    /// <summary>The value of a field as JSON; null if it has none. Setting null removes the value.</summary>
    public string? this[int fieldId]
    {
        get => _values.GetValueOrDefault(fieldId);
        set
        {
            if (value is null)
            {
                _values.Remove(fieldId);
            }
            else
            {
                _values[fieldId] = value;
            }
        }
    }

    /// <summary>Reads a jsonb column.</summary>
    public static FieldValues Parse(string json)
    {
        var values = new FieldValues();
        using var document = JsonDocument.Parse(json);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            values._values[int.Parse(property.Name, CultureInfo.InvariantCulture)] = FieldJson.Canonical(property.Value);
        }

        return values;
    }

    /// <summary>Copies the values.</summary>
    public FieldValues Copy()
    {
        var copy = new FieldValues();
        foreach (var (fieldId, value) in _values)
        {
            copy._values.Add(fieldId, value);
        }

        return copy;
    }

    /// <summary>Returns the text for the jsonb column.</summary>
    public string ToJson()
    {
        var text = new StringBuilder("{");
        foreach (var (fieldId, value) in _values)
        {
            text.Append(text.Length > 1 ? "," : "").Append(CultureInfo.InvariantCulture, $"\"{fieldId}\":").Append(value);
        }

        return text.Append('}').ToString();
    }

    /// <summary>Lists the fields whose values differ.</summary>
    public IEnumerable<int> Differences(FieldValues other) =>
        _values.Keys.Union(other._values.Keys).Where(fieldId => this[fieldId] != other[fieldId]);
}
