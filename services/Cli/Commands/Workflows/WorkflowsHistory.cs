using System.CommandLine;
using Crm.Workflows.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows history`.</summary>
internal static class WorkflowsHistory
{
    public static Command Create()
    {
        var key = new Argument<string?>("workflow") { Description = "The workflow's name or id; all workflows if left out.", Arity = ArgumentArity.ZeroOrOne };
        var contact = new Option<string>("--contact", "-c") { Description = "Only this contact: its number, or external:KEY.", HelpName = "contact" };
        var limit = new Option<int>("--limit") { Description = "How many steps at most.", DefaultValueFactory = _ => 100, HelpName = "n" };
        var command = new Command("history", "Lists what runs did, step by step: those of a contact, of a workflow, or of both. Newest run first.") { key, contact, limit };
        return command.Runs(async (session, ct) =>
        {
            var request = new ListStepsRequest { Account = session.RequireAccount() };
            if (session.GetOptional(key) is { } name)
                request.WorkflowId = (await WorkflowKey.GetAsync(session, name, ct)).WorkflowId;
            if (session.Get(contact) is { } who)
                request.ContactId = (await ContactKey.GetAsync(session, who, ct)).ContactId;
            if (request.WorkflowId is "" && request.ContactId is 0)
                throw new CliError("Neither a workflow nor a contact is named.", "Give the workflow's name, or --contact.");

            var found = await FirstAsync(session, request, session.Get(limit), ct);
            session.Report.Write(found, () => View(found));
        });
    }

    private static async Task<ListStepsResponse> FirstAsync(Session session, ListStepsRequest request, int limit, CancellationToken ct)
    {
        var found = new ListStepsResponse();
        do
        {
            request.PageSize = Math.Clamp(limit - found.Steps.Count, 1, 1000);
            var page = await session.Services.Workflows.ListStepsAsync(request, cancellationToken: ct);
            found.Steps.Add(page.Steps);
            found.NextPageToken = request.PageToken = page.NextPageToken;
        }
        while (found.NextPageToken is not "" && found.Steps.Count < limit);
        return found;
    }

    private static Table View(ListStepsResponse found)
    {
        var table = Report.Table("time", "workflow", "contact", "run", "node", "asked", "outcome", "detail");
        foreach (var entry in found.Steps)
        {
            var step = entry.Step;
            table.AddRow(
                step.Time.Cell(), entry.Workflow.Cell(), entry.ContactId.Cell(), entry.RunId.Cell(), step.NodeId.Cell(), step.Input.Cell(),
                step.Outcome.ToString().Cell(), step.Detail.Cell());
        }

        return table;
    }
}
