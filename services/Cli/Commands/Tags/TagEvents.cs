using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Common.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Tags;

/// <summary>Commands about the changes of tags.</summary>
internal static class TagEvents
{
    /// <summary>`tags history`.</summary>
    public static Command History()
    {
        var key = new Argument<string?>("tag") { Description = "Only changes of this tag, by name or as '#17'; without it, of all.", Arity = ArgumentArity.ZeroOrOne };
        var tag = Options.Text("--tag", "The same as the argument.", "name");
        var contact = Options.ContactNumber("Only changes of the contact with this number.");
        var cause = Options.Text("--cause", "Only changes with this kind of cause, for example import, bulk, workflow, campaign.", "kind");
        var causeId = Options.Text("--cause-id", "Only changes of this import, operation, run or campaign.", "id");
        var actor = Options.Text("--by", "Only changes by this actor.", "actor");
        var from = new Option<DateTimeOffset?>("--from") { Description = "Only changes from this instant on.", HelpName = "time" };
        var until = new Option<DateTimeOffset?>("--until") { Description = "Only changes before this instant.", HelpName = "time" };
        var limit = Options.Limit(100);
        var command = new Command("history", "Lists who added and removed tags, when and why; newest first.")
        {
            key, tag, contact, cause, causeId, actor, from, until, limit,
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
            if ((session.GetOptional(key) ?? session.Get(tag)) is { } name)
                request.TagId = (await Keys.Tag.GetAsync(session, name, ct)).TagId;
            var found = await Pages.FirstAsync(request, session.Get(limit), r => session.Services.Tags.ListTagEventsAsync(r, cancellationToken: ct), page => page.Events);
            var names = await Names.FindAsync(session, found.Events.Select(e => e.TagId), found.Events.Select(e => Names.CampaignOf(e.Cause)), [], ct);
            session.Report.Write(found, () => HistoryView(found, names));
        });
    }

    private static Cause.Types.Kind CauseKind(string name) =>
        System.Enum.TryParse<Cause.Types.Kind>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var kind) && System.Enum.IsDefined(kind)
            ? kind
            : throw new CliError($"--cause {name}: there is no such kind of cause.", "Use user, import, bulk, undo, workflow, campaign, merge, expiry, contact or tag_lifecycle.");

    private static Table HistoryView(ListTagEventsResponse found, Names names) => Report.Table(
        found.Events,
        ("time", e => e.Time), ("contact", e => e.ContactId), ("tag", e => names.Tag(e.TagId)), ("what", e => e.Kind),
        ("cause", e => names.Cause(e.Cause)), ("by", e => e.Actor));

    /// <summary>`tags watch`.</summary>
    public static Command Watch()
    {
        var after = new Option<string>("--after")
        {
            Description = "The position to continue after; `now` for new events only, empty for the whole history.",
            HelpName = "position",
            DefaultValueFactory = _ => "now",
        };
        var keys = new Argument<string[]>("tags") { Description = "Only these tags, by name or as '#17'; without one, all.", Arity = ArgumentArity.ZeroOrMore };
        var tags = Options.Several("--tag", "The same as an argument.", "tag");
        var limit = Options.Number("--limit", "Stop after this many events; 0 continues until Ctrl-C.", least: 0);
        var command = new Command("watch", "Follows the feed of tag changes; with --output json one answer per line, with its position.") { keys, after, tags, limit };
        return command.Runs(async (session, ct) =>
        {
            var request = new WatchTagEventsRequest { Account = session.RequireAccount(), After = session.Get(after)! };
            request.TagIds.Add(await Keys.Tag.IdsAsync(session, [.. session.GetOptional(keys) ?? [], .. session.Get(tags) ?? []], tag => tag.TagId, ct));
            var seen = 0;
            await foreach (var part in Watches.ReadAsync(() => session.Services.Tags.WatchTagEvents(request, cancellationToken: ct), ct))
            {
                request.After = part.Position;
                seen += part.Events.Count;
                await WriteAsync(session, part, ct);
                if (session.Get(limit) > 0 && seen >= session.Get(limit))
                    break;
            }
        });
    }

    private static async Task WriteAsync(Session session, WatchTagEventsResponse part, CancellationToken ct)
    {
        var report = session.Report;
        if (report.IsJson)
            report.Output.WriteLine(ProtoJson.Line(ProtoJson.From(part)));
        var names = await Names.FindAsync(session, part.Events.Select(e => e.TagId), part.Events.Select(e => Names.CampaignOf(e.Cause)), [], ct);
        foreach (var e in part.Events)
            report.Say($"{Times.Text(e.Time)}  contact {e.ContactId}  {e.Kind.ToString().ToLowerInvariant()}  {names.Tag(e.TagId)}  {names.Cause(e.Cause)}".TrimEnd());
        if (part.Events.Count > 0)
            report.Note($"position: {part.Position}");
    }
}
