using System.CommandLine;
using Spectre.Console;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows show`.</summary>
internal static class WorkflowsShow
{
    public static Command Create()
    {
        var key = WorkflowKey.Argument();
        var version = new Option<int>("--version") { Description = "A published version instead of the draft.", HelpName = "version" };
        var command = new Command("show", "Shows a workflow's draft as YAML, as `workflows apply` reads it.") { key, version };
        return command.Runs(async (session, ct) =>
        {
            var workflow = await WorkflowKey.GetAsync(session, session.Get(key), ct, session.Get(version));
            foreach (var problem in workflow.Problems)
                session.Report.Note($"problem: {problem}");
            session.Report.Write(workflow, () => new Text(workflow.Yaml));
        });
    }
}
