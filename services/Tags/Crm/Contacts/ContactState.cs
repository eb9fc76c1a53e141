using System.Text;
using TagSegments.ServiceDefaults.Texts;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>The values that callers can set on a contact, in the form of the database; null for no value.</summary>
internal sealed class ContactState
{
    private readonly string?[] _texts;

    public ContactState()
        : this(new string?[ContactAttribute.All.Length], false, new FieldValues(), null)
    {
    }

    private ContactState(string?[] texts, bool doNotDisturb, FieldValues fields, DateTime? updatedAt)
    {
        _texts = texts;
        DoNotDisturb = doNotDisturb;
        Fields = fields;
        UpdatedAt = updatedAt;
    }

    /// <summary>When the contact was last changed; null for one that does not exist yet.</summary>
    public DateTime? UpdatedAt { get; init; }

    /// <summary>True if the contact has do-not-disturb set.</summary>
    public bool DoNotDisturb { get; set; }

    /// <summary>The custom field values.</summary>
    public FieldValues Fields { get; set; }

    /// <summary>The key of the e-mail address; see <see cref="EmailAddress.Key"/>.</summary>
    public string? EmailKey { get; set; }

    /// <summary>The key of the phone where it is not just the number's plain form; see <see cref="PhoneRule"/>.</summary>
    public string? PhoneKey { get; set; }

    /// <summary>The value of a text attribute.</summary>
    public string? this[ContactAttribute attribute]
    {
        get => _texts[attribute.Index];
        set
        {
            _texts[attribute.Index] = value;
            if (attribute == ContactAttribute.Email)
            {
                EmailKey = value is null ? null : EmailAddress.Key(value);
            }
        }
    }

    /// <summary>Copies the state.</summary>
    public ContactState Copy() => new([.. _texts], DoNotDisturb, Fields.Copy(), UpdatedAt) { EmailKey = EmailKey, PhoneKey = PhoneKey };

    /// <summary>Copies the state with its texts composed (NFC) and its keys made again.</summary>
    public ContactState Composed()
    {
        var result = Copy();
        foreach (var attribute in ContactAttribute.All)
        {
            result[attribute] = this[attribute] is { } text ? StoredText.Of(text) : null;
        }

        foreach (var (fieldId, json) in Fields.All)
        {
            result.Fields[fieldId] = StoredText.Of(json);
        }

        return result;
    }

    /// <summary>
    /// Gets, as JSON by column name, the values here that differ in <paramref name="after"/>, and the values derived from them;
    /// null if none differs.
    /// </summary>
    public string? BeforeJson(ContactState after)
    {
        var json = new StringBuilder();
        foreach (var attribute in ContactAttribute.All.Where(attribute => this[attribute] != after[attribute]))
        {
            Append(json, attribute.Name, TextOrNull(this[attribute]));
        }

        if (EmailKey != after.EmailKey)
        {
            Append(json, "email_key", TextOrNull(EmailKey));
        }

        if (PhoneKey != after.PhoneKey)
        {
            Append(json, "phone_key", TextOrNull(PhoneKey));
        }

        if (DoNotDisturb != after.DoNotDisturb)
        {
            Append(json, "do_not_disturb", DoNotDisturb ? "true" : "false");
        }

        if (FieldsBefore(after) is { } fields)
        {
            Append(json, "fields", fields);
        }

        if (json.Length > 0 && UpdatedAt is { } updated)
        {
            Append(json, "updated_at", FieldJson.Text(Dates.ToText(updated)));
        }

        return json.Length == 0 ? null : json.Append('}').ToString();
    }

    private string? FieldsBefore(ContactState after)
    {
        var json = new StringBuilder();
        foreach (var fieldId in Fields.Differences(after.Fields))
        {
            Append(json, fieldId.ToString(System.Globalization.CultureInfo.InvariantCulture), Fields[fieldId] ?? "null");
        }

        return json.Length == 0 ? null : json.Append('}').ToString();
    }

    private static string TextOrNull(string? text) => text is null ? "null" : FieldJson.Text(text);

    private static void Append(StringBuilder json, string name, string value) =>
        json.Append(json.Length == 0 ? '{' : ',').Append('"').Append(name).Append("\":").Append(value);
}
