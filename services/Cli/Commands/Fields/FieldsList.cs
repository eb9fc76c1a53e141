using System.CommandLine;
using Crm.Contacts.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`fields list`.</summary>
internal static class FieldsList
{
    public static Command Create() => new Command("list", "Lists the custom fields with their types.").Runs(async (session, ct) =>
    {
        var answer = await session.Services.Fields.ListFieldsAsync(new ListFieldsRequest { Account = session.RequireAccount() }, cancellationToken: ct);
        session.Report.Write(answer, () =>
        {
            var table = Report.Table("field", "of", "type", "choices", "description");
            foreach (var f in answer.Fields)
                table.AddRow(f.Key.Cell(), f.Target.ToString().Cell(), f.Type.ToString().Cell(), string.Join(", ", f.Choices).Cell(), f.Description.Cell());
            return table;
        });
    });
}
