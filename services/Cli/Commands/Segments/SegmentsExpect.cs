using System.CommandLine;
using Crm.Segments.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`segments expect`.</summary>
internal static class SegmentsExpect
{
    public static Command Create()
    {
        var key = SegmentKey.Argument();
        var include = new Option<string[]>("--include") { Description = "A contact that must be in it: number or external:KEY; may be given several times.", HelpName = "contact" };
        var exclude = new Option<string[]>("--exclude") { Description = "A contact that must not be in it; may be given several times.", HelpName = "contact" };
        var clear = new Option<bool>("--clear") { Description = "Expect nothing but what is given; else it is added to what is expected already." };
        var command = new Command("expect", "Says whom a segment must include and exclude, whatever its filter becomes. Puts nobody in or out.") { key, include, exclude, clear };
        return command.Runs(async (session, ct) =>
        {
            if (!session.Given(include) && !session.Given(exclude) && !session.Get(clear))
                throw new CliError("Nobody is named.", "Give --include CONTACT, --exclude CONTACT or --clear.");

            var segment = await SegmentKey.GetAsync(session, session.Get(key), ct);
            var old = session.Get(clear) || segment.Expectations is null ? new SegmentExpectations() : segment.Expectations;
            var (included, excluded) = (await IdsAsync(session, session.Get(include), ct), await IdsAsync(session, session.Get(exclude), ct));
            segment = (await session.Services.Segments.SetSegmentExpectationsAsync(new SetSegmentExpectationsRequest
            {
                Account = session.RequireAccount(),
                SegmentId = segment.SegmentId,
                Expectations = new SegmentExpectations
                {
                    MustInclude = { old.MustInclude.Except(excluded).Union(included) },
                    MustExclude = { old.MustExclude.Except(included).Union(excluded) },
                },
                RequestId = RequestId.New(),
            }, cancellationToken: ct)).Segment;
            var kept = segment.Expectations ?? new SegmentExpectations();
            session.Report.Write(segment, $"Segment \"{segment.Name}\" must include {kept.MustInclude.Count} contacts and exclude {kept.MustExclude.Count}.");
        });
    }

    private static async Task<List<int>> IdsAsync(Session session, string[]? keys, CancellationToken ct)
    {
        var ids = new List<int>();
        foreach (var key in keys ?? [])
            ids.Add((await ContactKey.GetAsync(session, key, ct)).ContactId);
        return ids;
    }
}
