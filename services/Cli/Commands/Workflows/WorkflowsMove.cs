using System.CommandLine;
using Crm.Workflows.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows move`.</summary>
internal static class WorkflowsMove
{
    public static Command Create()
    {
        var key = WorkflowKey.Argument();
        var from = new Option<int>("--from") { Description = "The version whose runs are moved.", Required = true, HelpName = "version" };
        var to = new Option<int>("--to") { Description = "The version that they go on with; the published one if left out.", HelpName = "version" };
        var yes = new Option<bool>("--yes") { Description = "Move them; without it they are only counted." };
        var command = new Command("move", "Moves runs under way to another version of their workflow, after showing how many.") { key, from, to, yes };
        return command.Runs(async (session, ct) =>
        {
            var workflow = await WorkflowKey.GetAsync(session, session.Get(key), ct);
            var request = new MoveRunsRequest
            {
                Account = session.RequireAccount(),
                WorkflowId = workflow.WorkflowId,
                FromVersion = session.Get(from),
                ToVersion = session.Get(to) is > 0 and var version ? version : workflow.PublishedVersion,
                DryRun = true,
            };
            var answer = await session.Services.Workflows.MoveRunsAsync(request, cancellationToken: ct);
            if (session.Get(yes))
            {
                session.Report.Note(Sentence(request, answer, "would move"));
                (request.DryRun, request.RequestId) = (false, RequestId.New());
                answer = await session.Services.Workflows.MoveRunsAsync(request, cancellationToken: ct);
            }

            session.Report.Write(answer, Sentence(request, answer, request.DryRun ? "would move" : "moved") + (request.DryRun ? " Add --yes to move them." : ""));
        });
    }

    private static string Sentence(MoveRunsRequest request, MoveRunsResponse answer, string verb)
    {
        var staying = string.Concat(answer.Staying.Select(node => $" At \"{node.Key}\", which version {request.ToVersion} does not have: {node.Value} stay."));
        return $"Runs that {verb} from version {request.FromVersion} to {request.ToVersion}: {answer.Moved}.{staying}";
    }
}
