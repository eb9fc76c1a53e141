using System.CommandLine;
using Spectre.Console;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows validate`.</summary>
internal static class WorkflowsValidate
{
    public static Command Create()
    {
        var file = WorkflowFile.Argument();
        var command = new Command("validate", "Checks a YAML file, what it refers to, and whether it would make loops. Saves nothing.") { file };
        return command.Runs((session, ct) => WorkflowFile.WithAsync(session, session.Get(file), (_, parsed) =>
        {
            session.Report.Write(parsed, () => new Rows(
            [
                new Text($"Workflow \"{parsed.Workflow.Name}\" is sound: {parsed.Workflow.Definition.Nodes.Count} nodes."),
                .. parsed.Loops.Select(loop => new Text($"It could start itself again: {loop}")),
            ]));
            return Task.CompletedTask;
        }, ct));
    }
}
