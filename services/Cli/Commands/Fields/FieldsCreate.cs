using System.CommandLine;
using Crm.Contacts.V1;
using Target = Crm.Contacts.V1.Field.Types.Target;

namespace TagSegments.Cli.Commands;

/// <summary>`fields create`.</summary>
internal static class FieldsCreate
{
    public static Command Create()
    {
        var key = FieldKey.Argument();
        var type = FieldKey.TypeOption();
        type.Required = true;
        var opportunity = FieldKey.Opportunity();
        var choices = new Option<string[]>("--choice") { Description = "A choice of a choice field; may be given several times.", HelpName = "text" };
        var description = new Option<string>("--description") { Description = "What the field means.", HelpName = "text" };
        var command = new Command("create", "Creates a custom field.") { key, type, opportunity, choices, description };
        return command.Runs(async (session, ct) =>
        {
            var field = new Field
            {
                Key = session.Get(key),
                Type = FieldKey.TypeOf(session.Get(type)!),
                Target = session.Get(opportunity) ? Target.Opportunity : Target.Contact,
                Choices = { session.Get(choices) ?? [] },
                Description = session.Get(description) ?? "",
            };
            var request = new CreateFieldRequest { Account = session.RequireAccount(), Field = field, RequestId = RequestId.New() };
            var answer = await session.Services.Fields.CreateFieldAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Field, $"Field \"{answer.Field.Key}\" created.");
        });
    }
}
