using System.Globalization;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Cli.Output;
using Field = Crm.Contacts.V1.Field;

namespace TagSegments.Cli.Commands.Contacts;

/// <summary>The columns of contacts in tables and exports: attributes, `tags`, and custom fields by key.</summary>
internal static class ContactColumns
{
    public const string Tags = "tags";

    public static readonly IReadOnlyDictionary<string, Func<Contact, string>> BuiltIn = new Dictionary<string, Func<Contact, string>>
    {
        ["contact_id"] = c => c.ContactId.ToString(CultureInfo.InvariantCulture),
        ["external_id"] = c => c.ExternalId,
        ["email"] = c => c.Email,
        ["phone"] = c => c.Phone,
        ["first_name"] = c => c.FirstName,
        ["last_name"] = c => c.LastName,
        ["time_zone"] = c => c.TimeZone,
        ["language"] = c => c.Language,
        ["do_not_disturb"] = c => c.DoNotDisturb ? "true" : "false",
        ["created"] = c => Iso(c.CreateTime),
        ["updated"] = c => Iso(c.UpdateTime),
        ["deleted"] = c => Iso(c.DeleteTime),
    };

    /// <summary>Gets how to read each column; unknown names are refused, because a silent empty column would look like missing data.</summary>
    public static IReadOnlyList<Func<Contact, IReadOnlyList<string>, string>> Readers(IReadOnlyList<string> columns, IReadOnlyCollection<Field> fields) =>
        columns.Select(column => Reader(column, fields)).ToList();

    private static Func<Contact, IReadOnlyList<string>, string> Reader(string column, IReadOnlyCollection<Field> fields)
    {
        if (column == Tags)
            return (_, tags) => string.Join(", ", tags);
        if (BuiltIn.TryGetValue(column, out var attribute))
            return (contact, _) => attribute(contact);
        if (fields.Any(f => f.Target == Field.Types.Target.Contact && f.Key == column))
            return (contact, _) => contact.Fields is { } values && values.Fields.TryGetValue(column, out var value) ? value.AsText() : "";

        throw new CliError(
            $"There is no column `{column}`.",
            $"Use {string.Join(", ", BuiltIn.Keys)}, {Tags} or a custom field; `tagsegments fields list` shows those.",
            ExitCode.Refused);
    }

    private static string Iso(Timestamp? time) => time?.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture) ?? "";
}
