using System.CommandLine;
using Crm.Workflows.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows simulate`.</summary>
internal static class WorkflowsSimulate
{
    public static Command Create()
    {
        var key = WorkflowKey.Argument();
        var contact = ContactKey.Option();
        var version = new Option<int>("--version") { Description = "A published version instead of the draft.", HelpName = "version" };
        var command = new Command("simulate", "Tells what the draft would do with a contact, without doing it.") { key, contact, version };
        return command.Runs(async (session, ct) =>
        {
            var workflow = await WorkflowKey.GetAsync(session, session.Get(key), ct);
            var target = await ContactKey.GetAsync(session, session.Get(contact)!, ct);
            var request = new SimulateWorkflowRequest { Account = session.RequireAccount(), WorkflowId = workflow.WorkflowId, ContactId = target.ContactId, Version = session.Get(version) };
            var answer = await session.Services.Workflows.SimulateWorkflowAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => View(answer));
        });
    }

    private static Table View(SimulateWorkflowResponse answer)
    {
        var table = Report.Table("when", "node", "would", "because");
        table.AddRow("".Cell(), "".Cell(), "start".Cell(), answer.Entry.Cell());
        foreach (var step in answer.Steps)
            table.AddRow(step.Time.Cell(), step.NodeId.Cell(), step.Action.Cell(), step.Detail.Cell());
        table.AddRow("".Cell(), "".Cell(), "end".Cell(), answer.Ending.Cell());
        return table;
    }
}
