using System.Globalization;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Cli.Output;
using Field = Crm.Contacts.V1.Field;
using Type = Crm.Contacts.V1.Field.Types.Type;

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

    /// <summary>
    /// Gets the names of columns as they are written: a name may differ in case, spaces, hyphens and underscores, as it may in filters. Unknown
    /// and ambiguous names are refused.
    /// </summary>
    public static List<string> Resolve(IEnumerable<string> columns, IReadOnlyCollection<Field> fields)
    {
        string[] known = [.. BuiltIn.Keys, Tags, .. fields.Where(f => f.Target == Field.Types.Target.Contact).Select(f => f.Key)];
        return [.. columns.Select(column => known.Contains(column) ? column : Similar(column, known))];
    }

    private static string Similar(string column, string[] known) => known.Distinct().Where(name => Loose(name) == Loose(column)).ToList() switch
    {
        [var only] => only,
        [] => throw Unknown(column, []),
        var several => throw Unknown(column, several),
    };

    private static CliError Unknown(string column, IReadOnlyList<string> meant) => new(
        meant.Count > 0 ? $"There is no column `{column}`; did you mean {string.Join(" or ", meant)}?" : $"There is no column `{column}`.",
        $"Use {string.Join(", ", BuiltIn.Keys)}, {Tags} or a custom field; `tagsegments fields list` shows those.",
        ExitCode.Refused);

    private static string Loose(string name) => name.Replace(' ', '_').Replace('-', '_').ToUpperInvariant();

    /// <summary>Gets how to read each column; unknown names are refused, because a silent empty column would look like missing data.</summary>
    public static IReadOnlyList<Func<Contact, IReadOnlyList<string>, string>> Readers(
        IReadOnlyList<string> columns, IReadOnlyCollection<Field> fields, Func<IEnumerable<string>, string> join) =>
        columns.Select(column => Reader(column, fields, join)).ToList();

    /// <summary>Returns whether people write the values of a column; numbers, dates and the like are no texts.</summary>
    public static bool IsText(string column, IReadOnlyCollection<Field> fields) =>
        column is not ("contact_id" or "do_not_disturb" or "created" or "updated" or "deleted")
        && fields.FirstOrDefault(f => f.Target == Field.Types.Target.Contact && f.Key == column)?.Type
            is not (Type.Number or Type.Boolean or Type.Date or Type.DateTime);

    /// <summary>Returns whether a column has lists.</summary>
    public static bool IsList(string column, IReadOnlyCollection<Field> fields) =>
        column == Tags || fields.Any(f => f.Target == Field.Types.Target.Contact && f.Key == column && f.Type == Type.MultipleChoice);

    private static Func<Contact, IReadOnlyList<string>, string> Reader(string column, IReadOnlyCollection<Field> fields, Func<IEnumerable<string>, string> join)
    {
        if (column == Tags)
            return (_, tags) => join(tags);
        if (BuiltIn.TryGetValue(column, out var attribute))
            return (contact, _) => attribute(contact);
        if (fields.Any(f => f.Target == Field.Types.Target.Contact && f.Key == column))
            return (contact, _) => contact.Fields is { } values && values.Fields.TryGetValue(column, out var value) ? value.AsText(join) : "";

        throw Unknown(column, []);
    }

    private static string Iso(Timestamp? time) => time?.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture) ?? "";
}
