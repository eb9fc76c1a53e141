using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Workflows.V1;
using TagSegments.Cli.Connection;

namespace TagSegments.Cli.Commands.Workflows;

/// <summary>Commands that decide which contacts run through which version of a workflow.</summary>
internal static class WorkflowPublishing
{
    /// <summary>`workflows publish`.</summary>
    public static Command Publish()
    {
        var key = Keys.Workflow.Argument();
        var acceptLoops = AcceptLoops();
        var command = new Command("publish", "Publishes the draft as a new version, so that events start runs of it.") { key, acceptLoops };
        return command.Runs(async (session, ct) =>
        {
            var workflow = await Keys.Workflow.GetAsync(session, session.Get(key), ct);
            var answer = await PublishAsync(session, workflow, session.Get(acceptLoops), ct);
            session.Report.Write(answer, $"Workflow \"{workflow.Name}\" published as version {answer.Workflow.PublishedVersion}.");
        });
    }

    public static Option<bool> AcceptLoops() => new("--accept-loops") { Description = "Publish even if workflows could start one another endlessly." };

    public static async Task<PublishWorkflowResponse> PublishAsync(Session session, Workflow workflow, bool acceptLoops, CancellationToken ct)
    {
        var request = new PublishWorkflowRequest
        {
            Account = session.RequireAccount(),
            WorkflowId = workflow.WorkflowId,
            Revision = workflow.Revision,
            AcceptLoops = acceptLoops,
            RequestId = RequestId.New(),
        };
        var answer = await session.Services.Workflows.PublishWorkflowAsync(request, cancellationToken: ct);
        foreach (var loop in answer.Loops)
            session.Report.Note($"accepted: {loop}");
        foreach (var change in answer.ClockChanges)
            session.Report.Note($"clocks change: {change}");
        return answer;
    }

    /// <summary>`workflows unpublish`.</summary>
    public static Command Unpublish()
    {
        var key = Keys.Workflow.Argument();
        var cancelRuns = new Option<bool>("--cancel-runs") { Description = "Also end the runs under way." };
        var command = new Command("unpublish", "Stops events from starting new runs. Runs under way continue to their end.") { key, cancelRuns };
        return command.Runs(async (session, ct) =>
        {
            var workflow = await Keys.Workflow.GetAsync(session, session.Get(key), ct);
            var request = new UnpublishWorkflowRequest
            {
                Account = session.RequireAccount(),
                WorkflowId = workflow.WorkflowId,
                CancelRuns = session.Get(cancelRuns),
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Workflows.UnpublishWorkflowAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"Workflow \"{workflow.Name}\" unpublished. Runs cancelled: {answer.CancelledRuns}.");
        });
    }

    /// <summary>`workflows enrol`.</summary>
    public static Command Enrol()
    {
        var key = Keys.Workflow.Argument();
        var filter = Options.Text("--filter", "Which contacts: a filter as text, or the name of a segment. Defaults to the holders of a tag that starts the workflow.", "filter");
        var except = Options.Several("--except", "A contact to leave out: its number, or external:KEY.", "contact");
        var yes = new Option<bool>("--yes") { Description = "Enrol them; without it they are only counted." };
        var command = new Command("enrol", "Enrols contacts that existed before the workflow, after showing how many.") { key, filter, except, yes };
        return command.Runs(async (session, ct) =>
        {
            var workflow = await Keys.Workflow.GetAsync(session, session.Get(key), ct);
            var request = new EnrolContactsRequest { Account = session.RequireAccount(), WorkflowId = workflow.WorkflowId, DryRun = true };
            if (session.Get(filter) is { } text)
                request.Source = await FilterArgument.ResolveAsync(session, text, ct);
            request.ExcludeContactIds.Add(await Keys.Contact.IdsAsync(session, session.Get(except), contact => contact.ContactId, ct));

            var answer = await session.Services.Workflows.EnrolContactsAsync(request, cancellationToken: ct);
            if (session.Get(yes))
            {
                session.Report.Note(EnrolSentence(answer, "would start"));
                (request.DryRun, request.RequestId) = (false, RequestId.New());
                answer = await session.Services.Workflows.EnrolContactsAsync(request, cancellationToken: ct);
            }

            session.Report.Write(answer, EnrolSentence(answer, request.DryRun ? "would start" : "started") + (request.DryRun ? " Add --yes to enrol them." : ""));
        });
    }

    private static string EnrolSentence(EnrolContactsResponse answer, string verb) =>
        $"Contacts that match: {answer.Matching}. Of these, {answer.Enrolled} {verb}; the re-entry rule declines {answer.Declined}.";

    /// <summary>`workflows move`.</summary>
    public static Command Move()
    {
        var key = Keys.Workflow.Argument();
        var from = Options.Number("--from", "The version whose runs are moved.", value: "version", required: true);
        var to = Options.Number("--to", "The version that they continue with. Defaults to the published one.", value: "version");
        var yes = new Option<bool>("--yes") { Description = "Move them; without it they are only counted." };
        var command = new Command("move", "Moves active runs to another version of their workflow, after showing how many.") { key, from, to, yes };
        return command.Runs(async (session, ct) =>
        {
            var workflow = await Keys.Workflow.GetAsync(session, session.Get(key), ct);
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
                session.Report.Note(MoveSentence(request, answer, "would move"));
                (request.DryRun, request.RequestId) = (false, RequestId.New());
                answer = await session.Services.Workflows.MoveRunsAsync(request, cancellationToken: ct);
            }

            session.Report.Write(answer, MoveSentence(request, answer, request.DryRun ? "would move" : "moved") + (request.DryRun ? " Add --yes to move them." : ""));
        });
    }

    private static string MoveSentence(MoveRunsRequest request, MoveRunsResponse answer, string verb)
    {
        var staying = string.Concat(answer.Staying.Select(node => $" {node.Value} stay at \"{node.Key}\", because version {request.ToVersion} does not have that node."));
        return $"Runs that {verb} from version {request.FromVersion} to {request.ToVersion}: {answer.Moved}.{staying}";
    }
}
