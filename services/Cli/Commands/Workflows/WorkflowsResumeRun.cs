using System.CommandLine;
using Crm.Workflows.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows resume-run`.</summary>
internal static class WorkflowsResumeRun
{
    public static Command Create()
    {
        var id = WorkflowKey.RunArgument();
        var command = new Command("resume-run", "Tries the node of a parked run again; `workflows runs --state parked` shows them.") { id };
        return command.Runs(async (session, ct) =>
        {
            var request = new ResumeRunRequest { Account = session.RequireAccount(), RunId = session.Get(id), RequestId = RequestId.New() };
            var run = (await session.Services.Workflows.ResumeRunAsync(request, cancellationToken: ct)).Run;
            session.Report.Write(run, $"The run goes on at \"{run.NodeId}\".");
        });
    }
}
