using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Csv;
using Field = Crm.Contacts.V1.Field;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Cli.Commands.Fields;

/// <summary>`--set KEY=VALUE`: values of custom fields as text, read by the type of the field.</summary>
internal sealed class FieldValueOption
{
    public Option<string[]> Option { get; } = new("--set")
    {
        Description = "Set a custom field. Separate several choices with a semicolon, and put one that has a semicolon in double quotes; write nothing after = to clear it. May be given several times.",
        HelpName = "key=value",
    };

    public async Task<(Struct Values, List<string> Keys)> ReadAsync(Session session, Field.Types.Target target, CancellationToken ct)
    {
        var (values, keys) = (new Struct(), new List<string>());
        if (session.Get(Option) is not { Length: > 0 } pairs)
            return (values, keys);

        var fields = (await session.Services.Fields.ListFieldsAsync(new() { Account = session.RequireAccount() }, cancellationToken: ct)).Fields;
        foreach (var pair in pairs)
        {
            if (pair.Split('=', 2) is not [var key and not "", var text])
                throw new CliError($"--set {pair}: there is no key before the equals sign.", "Write --set KEY=VALUE");
            var type = fields.FirstOrDefault(field => field.Target == target && field.Key == key)?.Type ?? Type.Text;
            values.Fields[key] = ValueOf(type, text);
            keys.Add(key);
        }
        return (values, keys);
    }

    // Numbers are sent as text, which represents every decimal exactly.
    private static Value ValueOf(Type type, string text) => type switch
    {
        _ when text is "" => Value.ForNull(),
        Type.Boolean when bool.TryParse(text, out var yes) => Value.ForBool(yes),
        Type.MultipleChoice => Value.ForList([.. ListText.Split(text, [";"]).Select(Value.ForString)]),
        _ => Value.ForString(text),
    };
}
