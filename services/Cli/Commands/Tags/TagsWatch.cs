using System.CommandLine;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`tags watch`.</summary>
internal static class TagsWatch
{
    public static Command Create()
    {
        var after = new Option<string>("--after")
        {
            Description = "The position to go on behind; `now` for what comes, empty for the whole history.",
            HelpName = "position",
            DefaultValueFactory = _ => "now",
        };
        var tags = new Option<string[]>("--tag") { Description = "Only this tag; may be given several times.", HelpName = "tag" };
        var limit = new Option<int>("--limit") { Description = "Stop after so many events; 0 goes on until Ctrl-C.", HelpName = "n" };
        var command = new Command("watch", "Follows the feed of tag changes; with --output json one answer a line, with its position.") { after, tags, limit };
        return command.Runs(async (session, ct) =>
        {
            var request = new WatchTagEventsRequest { Account = session.RequireAccount(), After = session.Get(after)! };
            request.TagIds.Add(await TagKey.IdsAsync(session, session.Get(tags) ?? [], ct));
            using var call = session.Services.Tags.WatchTagEvents(request, cancellationToken: ct);
            var seen = 0;
            while ((session.Get(limit) == 0 || seen < session.Get(limit)) && await call.ResponseStream.MoveNext(ct))
            {
                var part = call.ResponseStream.Current;
                seen += part.Events.Count;
                await WriteAsync(session, part, ct);
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
            report.Say($"{e.Time.ToDateTime():u}  contact {e.ContactId}  {e.Kind.ToString().ToLowerInvariant()}  {names.Tag(e.TagId)}  {names.Cause(e.Cause)}".TrimEnd());
        if (part.Events.Count > 0)
            report.Note($"position: {part.Position}");
    }
}
