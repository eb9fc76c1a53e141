using System.CommandLine;
using System.Globalization;
using Crm.Tags.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`tags what-if`.</summary>
internal static class TagsWhatIf
{
    public static Command Create()
    {
        var key = TagKey.Argument();
        var merge = new Option<string>("--merge-into") { Description = "Ask about a merge into this tag.", HelpName = "tag" };
        var rename = new Option<string>("--rename") { Description = "Ask about this new name.", HelpName = "name" };
        var command = new Command("what-if", "Tells what deleting a tag, merging it or renaming it would change, without doing it.") { key, merge, rename };
        return command.Runs(async (session, ct) =>
        {
            var request = new PreviewTagChangeRequest
            {
                Account = session.RequireAccount(),
                TagId = (await TagKey.GetAsync(session, session.Get(key), ct)).TagId,
                MergeIntoTagId = session.Get(merge) is { } into ? (await TagKey.GetAsync(session, into, ct)).TagId : 0,
                NewName = session.Get(rename) ?? "",
            };
            var answer = await session.Services.Governance.PreviewTagChangeAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => View(request, answer));
        });
    }

    private static Table View(PreviewTagChangeRequest request, PreviewTagChangeResponse answer)
    {
        var table = Report.Table("what", "name", "now", "then", "remark");
        if (request.NewName is "")
            table.AddRow("contacts".Cell(), "lose the tag".Cell(), answer.ContactsLosing.Cell(), "".Cell(), "".Cell());
        if (request.MergeIntoTagId != 0)
            table.AddRow("contacts".Cell(), "get the other tag".Cell(), "".Cell(), answer.ContactsGaining.Cell(), "".Cell());
        foreach (var s in answer.Segments)
            table.AddRow("segment".Cell(), s.Name.Cell(), s.CountBefore.Cell(), Then(s.HasCountAfter, s.CountAfter).Cell(), s.Problem.Cell());
        foreach (var l in answer.SmartLists)
            table.AddRow("smart list".Cell(), l.Name.Cell(), l.CountBefore.Cell(), Then(l.HasCountAfter, l.CountAfter).Cell(), l.Problem.Cell());
        foreach (var w in answer.Workflows)
            table.AddRow("workflow".Cell(), w.Name.Cell(), "".Cell(), w.Starts.Cell(), Remark(w).Cell());
        foreach (var u in answer.Usages)
            table.AddRow("used by".Cell(), $"{u.Resource.Replace('_', ' ')} {u.Name}".Cell(), "".Cell(), "".Cell(), "".Cell());
        foreach (var f in answer.Findings)
            table.AddRow("note".Cell(), f.Message.Cell(), "".Cell(), "".Cell(), f.Suggestion.Cell());
        return table;
    }

    private static string Then(bool isKnown, int count) => isKnown ? count.ToString("N0", CultureInfo.InvariantCulture) : "invalid";

    private static string Remark(WorkflowEffect effect) => effect switch
    {
        { Breaks: true } => "refers to the tag that goes",
        { TriggerChanges: true } => "its trigger by prefix reacts otherwise",
        _ => "starts, if workflows are to start",
    };
}
