using System.CommandLine;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;
using TagSegments.Cli.Commands.Fields;
using Field = Crm.Contacts.V1.Field;

namespace TagSegments.Cli.Commands.Contacts;

/// <summary>The options that set attributes and custom fields of a contact.</summary>
internal sealed class ContactOptions
{
    private readonly (string Attribute, Option<string> Option, Action<Contact, string> Set)[] _texts =
    [
        Text("external_id", "--external-id", "Your own key.", (c, text) => c.ExternalId = text),
        Text("email", "--email", "The e-mail address.", (c, text) => c.Email = text),
        Text("phone", "--phone", "The phone number.", (c, text) => c.Phone = text),
        Text("first_name", "--first-name", "The first name.", (c, text) => c.FirstName = text),
        Text("last_name", "--last-name", "The last name.", (c, text) => c.LastName = text),
        Text("time_zone", "--time-zone", "The IANA time zone.", (c, text) => c.TimeZone = text),
        Text("language", "--language", "The language, for example de.", (c, text) => c.Language = text),
    ];

    private readonly Option<bool?> _doNotDisturb = new("--do-not-disturb") { Description = "Whether the contact wants no messages for now.", HelpName = "true|false" };
    private readonly FieldValueOption _fields = new();

    public void AddTo(Command command)
    {
        foreach (var (_, option, _) in _texts)
            command.Options.Add(option);
        command.Options.Add(_doNotDisturb);
        command.Options.Add(_fields.Option);
    }

    /// <summary>Copies the given options to a contact and returns their mask; an empty text clears a value.</summary>
    public async Task<FieldMask> ReadAsync(Session session, Contact contact, CancellationToken ct)
    {
        var mask = new FieldMask();
        foreach (var (attribute, option, set) in _texts)
        {
            if (session.Get(option) is not { } text)
                continue;
            set(contact, text);
            mask.Paths.Add(attribute);
        }
        if (session.Get(_doNotDisturb) is { } quiet)
        {
            contact.DoNotDisturb = quiet;
            mask.Paths.Add("do_not_disturb");
        }
        var (values, keys) = await _fields.ReadAsync(session, Field.Types.Target.Contact, ct);
        contact.Fields = values;
        mask.Paths.Add(keys.Select(key => $"fields.{key}"));
        return mask;
    }

    private static (string, Option<string>, Action<Contact, string>) Text(string attribute, string name, string description, Action<Contact, string> set) =>
        (attribute, new Option<string>(name) { Description = description, HelpName = "text" }, set);
}
