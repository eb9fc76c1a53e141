using System.CommandLine;
using System.Globalization;
using Crm.Accounts.V1;
using Crm.Tags.V1;
using Spectre.Console;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Tags;

/// <summary>Commands about the effects of changing the tag library.</summary>
internal static class TagChanges
{
    /// <summary>`tags usages`.</summary>
    public static Command Usages()
    {
        var key = Keys.Tag.Argument();
        var command = new Command("usages", "Lists the segments, campaigns and workflows that use a tag.") { key };
        return command.Runs(async (session, ct) =>
        {
            var tag = await Keys.Tag.GetAsync(session, session.Get(key), ct);
            var request = new ListTagUsagesRequest { Account = session.RequireAccount(), TagId = tag.TagId };
            var answer = await session.Services.Governance.ListTagUsagesAsync(request, cancellationToken: ct);
            if (answer.Usages is [])
            {
                session.Report.Write(answer, $"Nothing uses \"{tag.Name}\".");
                return;
            }

            session.Report.Write(answer, () => Report.Table(
                answer.Usages,
                ("used by", usage => usage.Resource.AsWords()), ("name", usage => usage.Name),
                ("id", usage => usage.Id)));
        });
    }

    /// <summary>`tags what-if`.</summary>
    public static Command WhatIf()
    {
        var key = Keys.Tag.Argument();
        var merge = Options.Text("--merge-into", "Preview a merge into this tag.", "tag");
        var rename = Options.Text("--rename", "Preview this new name.", "name");
        var command = new Command("what-if", "Shows what deleting, merging or renaming a tag would change, without doing it.") { key, merge, rename };
        return command.Runs(async (session, ct) =>
        {
            var request = new PreviewTagChangeRequest
            {
                Account = session.RequireAccount(),
                TagId = (await Keys.Tag.GetAsync(session, session.Get(key), ct)).TagId,
                MergeIntoTagId = session.Get(merge) is { } into ? (await Keys.Tag.GetAsync(session, into, ct)).TagId : 0,
                NewName = session.Get(rename) ?? "",
            };
            var answer = await session.Services.Governance.PreviewTagChangeAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => WhatIfView(request, answer));
        });
    }

    private static Table WhatIfView(PreviewTagChangeRequest request, PreviewTagChangeResponse answer)
    {
        var table = Report.Empty("what", "name", "now", "then", "remark");
        if (request.NewName is "")
            table.Row("contacts", "lose the tag", answer.ContactsLosing, "", "");
        if (request.MergeIntoTagId != 0)
            table.Row("contacts", "get the other tag", "", answer.ContactsGaining, "");
        foreach (var s in answer.Segments)
            table.Row("segment", s.Name, s.CountBefore, Then(s.HasCountAfter, s.CountAfter), s.Problem);
        foreach (var l in answer.SmartLists)
            table.Row("smart list", l.Name, l.CountBefore, Then(l.HasCountAfter, l.CountAfter), l.Problem);
        foreach (var w in answer.Workflows)
            table.Row("workflow", w.Name, "", w.Starts, Remark(w));
        foreach (var u in answer.Usages)
            table.Row("used by", $"{u.Resource.AsWords()} {u.Name}", "", "", "");
        foreach (var f in answer.Findings)
            table.Row("note", f.Message, "", "", f.Suggestion);
        return table;
    }

    private static string Then(bool isKnown, int count) => isKnown ? count.ToString("N0", CultureInfo.InvariantCulture) : "invalid";

    private static string Remark(WorkflowEffect effect) => effect switch
    {
        { Breaks: true } => "refers to the deleted tag",
        { TriggerChanges: true } => "its trigger by prefix reacts differently",
        _ => "starts if workflows are started",
    };

    /// <summary>`tags merge`.</summary>
    public static Command Merge()
    {
        var from = new Argument<string>("from") { Description = "The tag to merge away." };
        var into = new Argument<string>("into") { Description = "The tag that stays." };
        var start = new Option<bool>("--start-workflows") { Description = "Let workflows react to contacts that get the tag that stays." };
        var force = new Option<bool>("--force") { Description = "Merge even if something uses the tag to merge away; it becomes visibly invalid." };
        var command = new Command("merge", "Merges a tag into another one; see `tags what-if --merge-into` first.") { from, into, start, force };
        return command.Runs(async (session, ct) =>
        {
            var ids = await Keys.Tag.IdsAsync(session, [session.Get(from), session.Get(into)], tag => tag.TagId, ct);
            var answer = await session.Services.Governance.MergeTagsAsync(new MergeTagsRequest
            {
                Account = session.RequireAccount(),
                FromTagId = ids[0],
                IntoTagId = ids[1],
                StartWorkflows = session.Get(start),
                Force = session.Get(force),
                RequestId = RequestId.New(),
            }, cancellationToken: ct);
            session.Report.Write(answer, $"{answer.Gained:N0} contacts got \"{answer.Tag.Name}\", which {answer.Tag.ContactCount:N0} have now.");
        });
    }
}
