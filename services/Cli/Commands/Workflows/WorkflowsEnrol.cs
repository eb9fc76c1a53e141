using System.CommandLine;
using Crm.Workflows.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`workflows enrol`.</summary>
internal static class WorkflowsEnrol
{
    public static Command Create()
    {
        var key = WorkflowKey.Argument();
        var filter = new Option<string>("--filter") { Description = "Which contacts: a filter as text, or the name of a segment. Left out: who holds a tag that starts the workflow.", HelpName = "filter" };
        var yes = new Option<bool>("--yes") { Description = "Enrol them; without it they are only counted." };
        var command = new Command("enrol", "Enrols contacts who were there before the workflow, after showing how many.") { key, filter, yes };
        return command.Runs(async (session, ct) =>
        {
            var workflow = await WorkflowKey.GetAsync(session, session.Get(key), ct);
            var request = new EnrolContactsRequest { Account = session.RequireAccount(), WorkflowId = workflow.WorkflowId, DryRun = true };
            if (session.Get(filter) is { } text)
                request.Source = await FilterArgument.ResolveAsync(session, text, ct);

            var answer = await session.Services.Workflows.EnrolContactsAsync(request, cancellationToken: ct);
            if (session.Get(yes))
            {
                session.Report.Note(Sentence(answer, "would start"));
                (request.DryRun, request.RequestId) = (false, RequestId.New());
                answer = await session.Services.Workflows.EnrolContactsAsync(request, cancellationToken: ct);
            }

            session.Report.Write(answer, Sentence(answer, request.DryRun ? "would start" : "started") + (request.DryRun ? " Add --yes to enrol them." : ""));
        });
    }

    private static string Sentence(EnrolContactsResponse answer, string verb) =>
        $"Contacts that match: {answer.Matching}. Of them {answer.Enrolled} {verb}, {answer.Declined} are kept from it by the re-entry rule.";
}
