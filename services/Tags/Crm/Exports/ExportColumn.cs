using System.Globalization;
using System.Text.Json;
using Crm.Contacts.V1;
using TagSegments.Csv;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Columns;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Exports;

/// <summary>A column of an export: its header and the value of a contact.</summary>
/// <param name="Header">The name as the caller wrote it, or as it is where the caller's differs in case, spaces, hyphens or underscores.</param>
/// <param name="IsText">Whether people wrote the values; numbers and the like can be no formulas.</param>
/// <param name="Read">Gives the value of a row with its fields and tags.</param>
internal sealed record ExportColumn(string Header, bool IsText, Func<ExportRow, string> Read)
{
    // What is text in JSON, too, has no way of its own.
    private Action<ExportRow, Utf8JsonWriter>? WriteAs { get; init; }

    /// <summary>The column of the contact's tags.</summary>
    public const string Tags = "tags";

    private const string FieldPrefix = "fields.";

    private static readonly ExportColumn[] s_attributes =
    [
        new("contact_id", false, row => row.Contact.ContactId.ToString(CultureInfo.InvariantCulture))
        {
            WriteAs = (row, json) => json.WriteNumberValue(row.Contact.ContactId),
        },
        .. ContactAttribute.All.Select(attribute => new ExportColumn(attribute.Name, true, row => row.State[attribute] ?? "")),
        new("do_not_disturb", false, row => row.Contact.DoNotDisturb ? "true" : "false")
        {
            WriteAs = (row, json) => json.WriteBooleanValue(row.Contact.DoNotDisturb),
        },
        new("email_consent", false, row => Name(row.Contact.EmailConsent)),
        new("sms_consent", false, row => Name(row.Contact.SmsConsent)),
        new("created", false, row => Dates.ToText(row.Contact.CreatedAt)),
        new("updated", false, row => Dates.ToText(row.Contact.UpdatedAt)),
        new(Tags, true, row => ListText.Join(row.Tags)) { WriteAs = (row, json) => JsonSerializer.Serialize(json, row.Tags) },
    ];

    /// <summary>Finds the requested columns, or all if there are none. Throws INVALID_ARGUMENT with every unknown column.</summary>
    public static IReadOnlyList<ExportColumn> Choose(IReadOnlyList<string> names, IReadOnlyList<Field> fields)
    {
        if (names.Count == 0)
        {
            return [.. s_attributes, .. fields.Select(field => OfField(HeaderOf(field.Key), field))];
        }

        var checks = new FieldChecks();
        var columns = names.Select(name => Find(name, fields)).ToList();
        for (var i = 0; i < names.Count; i++)
        {
            checks.Require(columns[i] is not null, $"columns[{i}]", $"\"{names[i]}\" is neither an attribute nor a custom field of contacts");
        }

        checks.ThrowIfAny();
        return columns!;
    }

    /// <summary>Gives the value as a cell.</summary>
    public CsvCell Cell(ExportRow row) => new(Read(row), IsText);

    /// <summary>Writes the value as JSON, with its type; null for none.</summary>
    public void Write(ExportRow row, Utf8JsonWriter json)
    {
        if (WriteAs is not null)
        {
            WriteAs(row, json);
        }
        else if (Read(row) is { Length: > 0 } text)
        {
            json.WriteStringValue(text);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static ExportColumn? Find(string name, IReadOnlyList<Field> fields)
    {
        var key = name.StartsWith(FieldPrefix, StringComparison.Ordinal) ? name[FieldPrefix.Length..] : name;
        return Array.Find(s_attributes, column => column.Header == name)
            ?? (fields.FirstOrDefault(field => field.Key == key) is { } field ? OfField(name, field) : FindLoosely(name, key, fields));
    }

    // As filters find fields: the only one that is meant.
    private static ExportColumn? FindLoosely(string name, string key, IReadOnlyList<Field> fields)
    {
        ExportColumn[] meant =
        [
            .. s_attributes.Where(column => column.Header == FieldChecklist.Loose(name)),
            .. fields.Where(field => FieldChecklist.Loose(field.Key) == FieldChecklist.Loose(key)).Select(field => OfField(HeaderOf(field.Key), field)),
        ];
        return meant.Length == 1 ? meant[0] : null;
    }

    // A key that an import would take for an attribute has its prefix, so that the file reads back.
    private static string HeaderOf(string key) =>
        key.StartsWith(FieldPrefix, StringComparison.Ordinal) || Array.Exists(s_attributes, column => column.Header == key) || UsualHeaders.Find(key, contacts: true) is not null
            ? FieldPrefix + key
            : key;

    private static ExportColumn OfField(string header, Field field) => new(
        header,
        field.Type is not (Type.Number or Type.Boolean or Type.Date or Type.DateTime),
        row => row.State.Fields[field.FieldId] is { } json ? FieldParse.ToText(json) : "")
    {
        // Values are stored as JSON.
        WriteAs = (row, json) => json.WriteRawValue(row.State.Fields[field.FieldId] ?? "null"),
    };

    private static string Name(short state) => ((Consent.Types.State)state).ToString().ToLowerInvariant();
}
