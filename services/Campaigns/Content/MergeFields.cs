using System.Globalization;
using Crm.Contacts.V1;
using Fluid;
using Fluid.Values;
using Google.Protobuf.WellKnownTypes;
using StringValue = Fluid.Values.StringValue;

namespace TagSegments.Campaigns.Content;

/// <summary>
/// What templates can reach: values by name and nothing else, no objects and no methods. Names that have no value are noted, so that a
/// preview can say what is missing.
/// </summary>
internal sealed class MergeFields(string path, IReadOnlyDictionary<string, FluidValue> values, ICollection<string> missing, Func<string, bool> mayLack)
    : IFluidIndexable
{
    /// <summary>The names of the attributes of contacts.</summary>
    public static IReadOnlySet<string> Attributes { get; } =
        new HashSet<string> { "contact_id", "external_id", "email", "phone", "first_name", "last_name", "time_zone", "language" };

    public int Count => values.Count;

    public IEnumerable<string> Keys => values.Keys;

    /// <summary>
    /// The fields of a contact. With <c>null</c>, every attribute has an example and the custom fields, known ones or any, have no value: to
    /// check a template before there is a contact.
    /// </summary>
    public static FluidValue OfContact(Contact? contact, ICollection<string> missing, IReadOnlySet<string>? known)
    {
        var values = new Dictionary<string, FluidValue>
        {
            ["contact_id"] = NumberValue.Create(contact?.ContactId ?? 1),
            ["external_id"] = Text(contact is null ? "example" : contact.ExternalId),
            ["email"] = Text(contact is null ? "example@example.com" : contact.Email),
            ["phone"] = Text(contact is null ? "+10000000000" : contact.Phone),
            ["first_name"] = Text(contact is null ? "Example" : contact.FirstName),
            ["last_name"] = Text(contact is null ? "Example" : contact.LastName),
            ["time_zone"] = Text(contact is null ? "UTC" : contact.TimeZone),
            ["language"] = Text(contact is null ? "en" : contact.Language),
        };
        var fields = contact?.Fields?.Fields.ToDictionary(field => field.Key, field => ToFluid(field.Value)) ?? [];
        values["fields"] = new DictionaryValue(new MergeFields("contact.fields", fields, missing, name => contact is null && known?.Contains(name) != false));
        return new DictionaryValue(new MergeFields("contact", values, missing, _ => false));
    }

    public bool TryGetValue(string name, out FluidValue value)
    {
        if (values.TryGetValue(name, out value!) && !value.IsNil())
        {
            return true;
        }

        value = NilValue.Instance;
        if (!mayLack(name) && !missing.Contains($"{path}.{name}"))
        {
            missing.Add($"{path}.{name}");
        }

        return values.ContainsKey(name);
    }

    private static FluidValue Text(string text) => text.Length == 0 ? NilValue.Instance : StringValue.Create(text);

    // A number that is too large to count with is what it looks like.
    private static FluidValue Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? NumberValue.Create(number) : Text(text);

    private static FluidValue ToFluid(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => Text(value.StringValue),
        Value.KindOneofCase.NumberValue => Number(value.NumberValue.ToString("R", CultureInfo.InvariantCulture)),
        Value.KindOneofCase.BoolValue => BooleanValue.Create(value.BoolValue),
        Value.KindOneofCase.ListValue => new ArrayValue([.. value.ListValue.Values.Select(ToFluid)]),
        _ => NilValue.Instance,
    };
}
