using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;
using Field = Crm.Contacts.V1.Field;
using Target = Crm.Contacts.V1.Field.Types.Target;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Cli.Commands.Fields;

/// <summary>Commands about custom fields, identified by their key; those of contacts unless `--opportunity` is given.</summary>
internal static class FieldCommands
{
    /// <summary>`fields`.</summary>
    public static Command Build() => new("fields", "The custom fields of an account.")
    {
        List(), Create(), Update(), Delete(),
    };

    private static Command List() => new Command("list", "Lists the custom fields with their types.").Runs(async (session, ct) =>
    {
        var answer = await session.Services.Fields.ListFieldsAsync(new ListFieldsRequest { Account = session.RequireAccount() }, cancellationToken: ct);
        session.Report.Write(answer, () => Report.Table(
            answer.Fields,
            ("field", f => f.Key), ("of", f => f.Target), ("type", f => f.Type),
            ("choices", f => string.Join(", ", f.Choices)), ("description", f => f.Description)));
    });

    private static Command Create()
    {
        var key = Argument();
        var type = TypeOption();
        type.Required = true;
        var opportunity = Opportunity();
        var choices = new Option<string[]>("--choice") { Description = "A choice of a choice field; may be given several times.", HelpName = "text" };
        var description = Options.Text("--description", "The meaning of the field.");
        var command = new Command("create", "Creates a custom field.") { key, type, opportunity, choices, description };
        return command.Runs(async (session, ct) =>
        {
            var field = new Field
            {
                Key = session.Get(key),
                Type = TypeOf(session.Get(type)!),
                Target = session.Get(opportunity) ? Target.Opportunity : Target.Contact,
                Choices = { session.Get(choices) ?? [] },
                Description = session.Get(description) ?? "",
            };
            var request = new CreateFieldRequest { Account = session.RequireAccount(), Field = field, RequestId = RequestId.New() };
            var answer = await session.Services.Fields.CreateFieldAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Field, $"Field \"{answer.Field.Key}\" created.");
        });
    }

    private static Command Update()
    {
        var key = Argument();
        var opportunity = Opportunity();
        var newKey = Options.Text("--key", "The new key.", "key");
        var type = TypeOption();
        var choices = new Option<string[]>("--choice") { Description = "A choice; all of them replace the choices there are.", HelpName = "text" };
        var description = Options.Text("--description", "The meaning of the field.");
        var command = new Command("update", "Changes a custom field. The type can change if every value can be read as the new type.")
        {
            key, opportunity, newKey, type, choices, description,
        };
        return command.Runs(async (session, ct) =>
        {
            var before = await GetAsync(session, session.Get(key), session.Get(opportunity), ct);
            var (field, mask) = (new Field { FieldId = before.FieldId }, new FieldMask());
            if (session.Get(newKey) is { } renamed)
                Set("key", () => field.Key = renamed);
            if (session.Get(type) is { } wanted)
                Set("type", () => field.Type = TypeOf(wanted));
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

    private static Command Delete()
    {
        var key = Argument();
        var opportunity = Opportunity();
        var command = new Command("delete", "Deletes a custom field; filters that use it become invalid, visibly.") { key, opportunity };
        return command.Runs(async (session, ct) =>
        {
            var field = await GetAsync(session, session.Get(key), session.Get(opportunity), ct);
            var request = new DeleteFieldRequest { Account = session.RequireAccount(), FieldId = field.FieldId, RequestId = RequestId.New() };
            var answer = await session.Services.Fields.DeleteFieldAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Field, $"Field \"{field.Key}\" deleted.");
        });
    }

    private static Argument<string> Argument() => new("key") { Description = "The field's key." };

    private static Option<bool> Opportunity() => new("--opportunity") { Description = "A field of opportunities, not of contacts." };

    private static Option<string> TypeOption() => new Option<string>("--type")
    {
        Description = "The type of the values.",
        HelpName = "text|number|date|date_time|yearly_day|boolean|single_choice|multiple_choice",
    }.AcceptOnlyFrom("text", "number", "date", "date_time", "yearly_day", "boolean", "single_choice", "multiple_choice");

    private static Type TypeOf(string name) => System.Enum.Parse<Type>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);

    private static async Task<Field> GetAsync(Session session, string key, bool ofOpportunities, CancellationToken ct)
    {
        var target = ofOpportunities ? Target.Opportunity : Target.Contact;
        var answer = await session.Services.Fields.ListFieldsAsync(new ListFieldsRequest { Account = session.RequireAccount() }, cancellationToken: ct);
        return answer.Fields.FirstOrDefault(field => field.Target == target && field.Key == key)
            ?? throw new CliError($"There is no field `{key}`.", "See `tagsegments fields list`.", ExitCode.Refused);
    }
}
