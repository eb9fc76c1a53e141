using System.CommandLine;
using Crm.Tags.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`tags history`.</summary>
internal static class TagsHistory
{
    public static Command Create()
    {
        var tag = new Option<string>("--tag") { Description = "Only changes of this tag.", HelpName = "name" };
        var contact = new Option<int>("--contact", "-c") { Description = "Only changes of the contact with this number.", HelpName = "number" };
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 100, HelpName = "n" };
        var command = new Command("history", "Lists who put tags on contacts or took them off, when and why; newest first.") { tag, contact, limit };
        return command.Runs(async (session, ct) =>
        {
            var account = session.RequireAccount();
            var request = new ListTagEventsRequest { Account = account, ContactId = session.Get(contact) };
            if (session.Get(tag) is { } name)
                request.TagId = (await session.Services.Tags.GetTagAsync(new() { Account = account, Name = name }, cancellationToken: ct)).Tag.TagId;
            var found = await FirstAsync(session, request, session.Get(limit), ct);
            session.Report.Write(found, () => View(found));
        });
    }

    private static async Task<ListTagEventsResponse> FirstAsync(Session session, ListTagEventsRequest request, int limit, CancellationToken ct)
    {
        var found = new ListTagEventsResponse();
        do
        {
            request.PageSize = Math.Clamp(limit - found.Events.Count, 1, 1000);
            var page = await session.Services.Tags.ListTagEventsAsync(request, cancellationToken: ct);
            found.Events.Add(page.Events);
            found.NextPageToken = request.PageToken = page.NextPageToken;
        }
        while (found.NextPageToken is not "" && found.Events.Count < limit);
        return found;
    }

    private static Table View(ListTagEventsResponse found)
    {
        var table = Report.Table("time", "contact", "tag", "what", "cause", "by");
        foreach (var e in found.Events)
            table.AddRow(e.Time.Cell(), e.ContactId.Cell(), e.TagId.Cell(), e.Kind.ToString().Cell(), $"{e.Cause?.Kind} {e.Cause?.Id} {e.Cause?.Detail}".Trim().Cell(), e.Actor.Cell());
        return table;
    }
}
