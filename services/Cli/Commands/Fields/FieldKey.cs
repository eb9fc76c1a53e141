using System.CommandLine;
using Crm.Contacts.V1;
using Target = Crm.Contacts.V1.Field.Types.Target;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Cli.Commands;

/// <summary>How commands name a custom field: by its key, of contacts unless `--opportunity` is given.</summary>
internal static class FieldKey
{
    public static Argument<string> Argument() => new("key") { Description = "The field's key." };

    public static Option<bool> Opportunity() => new("--opportunity") { Description = "A field of opportunities, not of contacts." };

    public static Option<string> TypeOption() => new Option<string>("--type")
    {
        Description = "The type of its values.",
        HelpName = "text|number|date|date_time|boolean|single_choice|multiple_choice",
    }.AcceptOnlyFrom("text", "number", "date", "date_time", "boolean", "single_choice", "multiple_choice");

    public static Type TypeOf(string name) => Enum.Parse<Type>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);

    public static async Task<Field> GetAsync(Session session, string key, bool ofOpportunities, CancellationToken ct)
    {
        var target = ofOpportunities ? Target.Opportunity : Target.Contact;
        var answer = await session.Services.Fields.ListFieldsAsync(new ListFieldsRequest { Account = session.RequireAccount() }, cancellationToken: ct);
        return answer.Fields.FirstOrDefault(field => field.Target == target && field.Key == key)
            ?? throw new CliError($"There is no field `{key}`.", "See `tagsegments fields list`.", ExitCode.Refused);
    }
}
