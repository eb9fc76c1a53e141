using System.CommandLine;
using Crm.Common.V1;
using Crm.Tags.V1;
using Spectre.Console;
using TagSegments.Cli.Output;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace TagSegments.Cli.Commands;

/// <summary>`tags history`.</summary>
internal static class TagsHistory
{
    public static Command Create()
    {
        var tag = new Option<string>("--tag") { Description = "Only changes of this tag.", HelpName = "name" };
        var contact = new Option<int>("--contact", "-c") { Description = "Only changes of the contact with this number.", HelpName = "number" };
        var cause = new Option<string>("--cause") { Description = "Only changes with this kind of cause, for example import, bulk, workflow, campaign.", HelpName = "kind" };
        var causeId = new Option<string>("--cause-id") { Description = "Only changes of this import, operation, run or campaign.", HelpName = "id" };
        var actor = new Option<string>("--by") { Description = "Only changes by this actor.", HelpName = "actor" };
        var from = new Option<DateTimeOffset?>("--from") { Description = "Only changes from this instant on.", HelpName = "time" };
        var until = new Option<DateTimeOffset?>("--until") { Description = "Only changes before this instant.", HelpName = "time" };
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 100, HelpName = "n" };
        var command = new Command("history", "Lists who put tags on contacts or took them off, when and why; newest first.")
        {
            tag, contact, cause, causeId, actor, from, until, limit,
        };
        return command.Runs(async (session, ct) =>
        {
            var account = session.RequireAccount();
            var request = new ListTagEventsRequest
            {
                Account = account,
                ContactId = session.Get(contact),
                CauseKind = session.Get(cause) is { } kind ? CauseKind(kind) : Cause.Types.Kind.Unspecified,
                CauseId = session.Get(causeId) ?? "",
                Actor = session.Get(actor) ?? "",
                StartTime = session.Get(from) is { } start ? Timestamp.FromDateTimeOffset(start) : null,
                EndTime = session.Get(until) is { } end ? Timestamp.FromDateTimeOffset(end) : null,
            };
            if (session.Get(tag) is { } name)
                request.TagId = (await TagKey.GetAsync(session, name, ct)).TagId;
            var found = await FirstAsync(session, request, session.Get(limit), ct);
            var names = await Names.FindAsync(session, found.Events.Select(e => e.TagId), found.Events.Select(e => Names.CampaignOf(e.Cause)), [], ct);
            session.Report.Write(found, () => View(found, names));
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

    private static Cause.Types.Kind CauseKind(string name) =>
        Enum.TryParse<Cause.Types.Kind>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var kind) && Enum.IsDefined(kind)
            ? kind
            : throw new CliError($"--cause {name}: there is no such kind of cause.", "Use user, import, bulk, undo, workflow, campaign, merge, expiry, contact or tag_lifecycle.");

    private static Table View(ListTagEventsResponse found, Names names)
    {
        var table = Report.Table("time", "contact", "tag", "what", "cause", "by");
        foreach (var e in found.Events)
            table.AddRow(e.Time.Cell(), e.ContactId.Cell(), names.Tag(e.TagId).Cell(), e.Kind.ToString().Cell(), names.Cause(e.Cause).Cell(), e.Actor.Cell());
        return table;
    }
}
