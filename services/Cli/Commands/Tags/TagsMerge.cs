using System.CommandLine;
using Crm.Tags.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`tags merge`.</summary>
internal static class TagsMerge
{
    public static Command Create()
    {
        var from = new Argument<string>("from") { Description = "The tag that goes." };
        var into = new Argument<string>("into") { Description = "The tag that stays." };
        var start = new Option<bool>("--start-workflows") { Description = "Let workflows react to contacts that get the tag that stays." };
        var force = new Option<bool>("--force") { Description = "Merge even if something uses the tag that goes; that becomes invalid, visibly." };
        var command = new Command("merge", "Merges a tag into another one; see `tags what-if --merge-into` first.") { from, into, start, force };
        return command.Runs(async (session, ct) =>
        {
            var ids = await TagKey.IdsAsync(session, [session.Get(from), session.Get(into)], ct);
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
