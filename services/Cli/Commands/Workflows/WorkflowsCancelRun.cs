using System.CommandLine;
using Crm.Workflows.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows cancel-run`.</summary>
internal static class WorkflowsCancelRun
{
    public static Command Create()
    {
        var id = WorkflowKey.RunArgument();
        var reason = new Option<string>("--reason") { Description = "Why; kept with the run.", HelpName = "text" };
        var command = new Command("cancel-run", "Ends a run where it is.") { id, reason };
        return command.Runs(async (session, ct) =>
        {
            var request = new CancelRunRequest
            {
                Account = session.RequireAccount(),
                RunId = session.Get(id),
                Reason = session.Get(reason) ?? "",
                RequestId = RequestId.New(),
            };
            var run = (await session.Services.Workflows.CancelRunAsync(request, cancellationToken: ct)).Run;
            session.Report.Write(run, $"The run is {WorkflowKey.Word(run.State)} at \"{run.NodeId}\".");
        });
    }
}
