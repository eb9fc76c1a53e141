using System.CommandLine;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using Field = Crm.Contacts.V1.Field;

namespace TagSegments.Cli.Commands;

/// <summary>`fields update`.</summary>
internal static class FieldsUpdate
{
    public static Command Create()
    {
        var key = FieldKey.Argument();
        var opportunity = FieldKey.Opportunity();
        var newKey = new Option<string>("--key") { Description = "The new key.", HelpName = "key" };
        var type = FieldKey.TypeOption();
        var choices = new Option<string[]>("--choice") { Description = "A choice; all of them replace the choices there are.", HelpName = "text" };
        var description = new Option<string>("--description") { Description = "What the field means.", HelpName = "text" };
        var command = new Command("update", "Changes a custom field; its type only if every value can be read as one of the new type.")
        {
            key, opportunity, newKey, type, choices, description,
        };
        return command.Runs(async (session, ct) =>
        {
            var before = await FieldKey.GetAsync(session, session.Get(key), session.Get(opportunity), ct);
            var (field, mask) = (new Field { FieldId = before.FieldId }, new FieldMask());
            if (session.Get(newKey) is { } renamed)
                Set("key", () => field.Key = renamed);
            if (session.Get(type) is { } wanted)
                Set("type", () => field.Type = FieldKey.TypeOf(wanted));
            if (session.Get(choices) is { Length: > 0 } all)
                Set("choices", () => field.Choices.Add(all));
            if (session.Get(description) is { } text)
                Set("description", () => field.Description = text);
            if (mask.Paths.Count == 0)
                throw new CliError("There is nothing to change.", "Give --key, --type, --choice or --description.");

            var request = new UpdateFieldRequest { Account = session.RequireAccount(), Field = field, UpdateMask = mask, RequestId = RequestId.New() };
            var answer = await session.Services.Fields.UpdateFieldAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"Field \"{answer.Field.Key}\" updated; {answer.RewrittenValues} values rewritten.");

            void Set(string path, Action set)
            {
                set();
                mask.Paths.Add(path);
            }
        });
    }
}
