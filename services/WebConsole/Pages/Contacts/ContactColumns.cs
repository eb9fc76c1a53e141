using Crm.Contacts.V1;

namespace TagSegments.WebConsole.Pages.Contacts;

/// <summary>The columns that a table of contacts can have: what every contact has, and the custom fields of the account.</summary>
public sealed class ContactColumns(IEnumerable<Field> fields)
{
    /// <summary>The columns that are shown without a choice.</summary>
    public static readonly IReadOnlyList<string> Usual = ["first_name", "last_name", "email", "tags"];

    private static readonly string[] s_builtIn =
    [
        "contact_id", "external_id", "first_name", "last_name", "email", "phone", "language", "time_zone", "do_not_disturb", "created", "updated",
        "email_consent", "sms_consent", "tags",
    ];

    private readonly Dictionary<string, Field> _fields = fields.Where(field => field.Target == Field.Types.Target.Contact)
        .ToDictionary(field => s_builtIn.Contains(field.Key) ? $"fields.{field.Key}" : field.Key);

    /// <summary>All columns, by the names that smart lists have for them.</summary>
    public IReadOnlyList<string> All => [.. s_builtIn, .. _fields.Keys];

    /// <summary>Gets the custom field of a column; null for what every contact has.</summary>
    public Field? FieldOf(string column) => _fields.GetValueOrDefault(column);
}
