using System.CommandLine;
using Spectre.Console;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows show`.</summary>
internal static class WorkflowsShow
{
    public static Command Create()
    {
        var key = WorkflowKey.Argument();
        var command = new Command("show", "Shows a workflow's draft as YAML, as `workflows create` reads it.") { key };
        return command.Runs(async (session, ct) =>
        {
            var workflow = await WorkflowKey.GetAsync(session, session.Get(key), ct);
            session.Report.Write(workflow, () => new Text(workflow.Yaml));
        });
    }
}
