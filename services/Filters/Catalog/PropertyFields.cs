using Crm.Segments.V1;
using FieldType = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Filters.Catalog;

/// <summary>Reads conditions on properties of events as comparisons of fields. Properties have no type of their own: that of the values counts.</summary>
public static class PropertyFields
{
    /// <summary>The most characters that the name of a property has.</summary>
    public const int NameLength = 200;

    // A property is neither an attribute, which has the number 0, nor a custom field.
    private const int NoFieldId = -1;

    /// <summary>Makes the field of a property.</summary>
    public static FilterField Field(string name, FieldType type) => new(name, type, NoFieldId);

    /// <summary>Makes the field that a condition compares. Without a value to compare with it is a text.</summary>
    public static FilterField FieldOf(PropertyCondition condition) =>
        Field(condition.Name, condition.Values.Count > 0 ? TypeOf(condition.Values[0]) : FieldType.Text);

    /// <summary>Gets the type of a value; unspecified if the value is not set.</summary>
    public static FieldType TypeOf(PropertyValue value) => value.KindCase switch
    {
        PropertyValue.KindOneofCase.Text => FieldType.Text,
        PropertyValue.KindOneofCase.Number => FieldType.Number,
        PropertyValue.KindOneofCase.Boolean => FieldType.Boolean,
        PropertyValue.KindOneofCase.Date => FieldType.Date,
        PropertyValue.KindOneofCase.Time => FieldType.DateTime,
        PropertyValue.KindOneofCase.None => FieldType.Unspecified,
    };

    /// <summary>Writes a condition as the comparison of its field.</summary>
    public static FieldClause ToComparison(PropertyCondition condition) => new()
    {
        Operator = condition.Operator,
        Values = { condition.Values.Select(Text) },
        IgnoreCase = condition.IgnoreCase,
        AndIsSet = condition.AndIsSet,
    };

    /// <summary>Writes the comparison of a field as the condition on a property.</summary>
    public static PropertyCondition ToCondition(FilterField property, FieldClause comparison) => new()
    {
        Name = property.Name,
        Operator = comparison.Operator,
        Values = { comparison.Values.Select(value => Value(property.Type, value)) },
        IgnoreCase = comparison.IgnoreCase,
        AndIsSet = comparison.AndIsSet,
    };

    private static string Text(PropertyValue value) => value.KindCase switch
    {
        PropertyValue.KindOneofCase.Text => value.Text,
        PropertyValue.KindOneofCase.Number => value.Number,
        PropertyValue.KindOneofCase.Boolean => value.Boolean ? "true" : "false",
        PropertyValue.KindOneofCase.Date => value.Date,
        PropertyValue.KindOneofCase.Time => value.Time,
        PropertyValue.KindOneofCase.None => "",
    };

    private static PropertyValue Value(FieldType type, string text) => type switch
    {
        FieldType.Number => new PropertyValue { Number = text },
        FieldType.Boolean => new PropertyValue { Boolean = text == "true" },
        FieldType.Date => new PropertyValue { Date = text },
        FieldType.DateTime => new PropertyValue { Time = text },
        _ => new PropertyValue { Text = text },
    };
}
