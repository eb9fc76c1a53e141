using System.CommandLine;
using Crm.Tags.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`bulk list`.</summary>
internal static class BulkList
{
    public static Command Create() => new Command("list", "Lists the latest 100 bulk operations, newest first.").Runs(async (session, ct) =>
    {
        var answer = await session.Services.Bulk.ListBulkOperationsAsync(new ListBulkOperationsRequest { Account = session.RequireAccount() }, cancellationToken: ct);
        session.Report.Write(answer, () =>
        {
            var table = Report.Table("operation", "state", "contacts", "done", "undo of", "by", "started");
            foreach (var o in answer.Operations)
                table.AddRow(o.OperationId.Cell(), o.State.ToString().Cell(), o.TotalContacts.Cell(), o.DoneContacts.Cell(), o.UndoOf.Cell(), o.Actor.Cell(), o.CreateTime.Cell());
            return table;
        });
    });
}
