using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Segments.V1;
using Spectre.Console;
using TagSegments.Cli.Connection;

namespace TagSegments.Cli.Commands.Segments;

/// <summary>Commands about the expectations of a segment.</summary>
internal static class SegmentExpectationCommands
{
    /// <summary>`segments expect`.</summary>
    public static Command Expect()
    {
        var key = Keys.Segment.Argument();
        var include = new Option<string[]>("--include") { Description = "A contact that must be in it: number or external:KEY; may be given several times.", HelpName = "contact" };
        var exclude = new Option<string[]>("--exclude") { Description = "A contact that must not be in it; may be given several times.", HelpName = "contact" };
        var clear = new Option<bool>("--clear") { Description = "Replace the expectations; without it the new ones are added." };
        var command = new Command("expect", "Sets which contacts a segment must include and exclude, whatever its filter becomes. Adds and removes nobody.") { key, include, exclude, clear };
        return command.Runs(async (session, ct) =>
        {
            if (!session.Given(include) && !session.Given(exclude) && !session.Get(clear))
                throw new CliError("No contact is given.", "Give --include CONTACT, --exclude CONTACT or --clear.");

            var segment = await Keys.Segment.GetAsync(session, session.Get(key), ct);
            var old = session.Get(clear) || segment.Expectations is null ? new SegmentExpectations() : segment.Expectations;
            var included = await Keys.Contact.IdsAsync(session, session.Get(include), contact => contact.ContactId, ct);
            var excluded = await Keys.Contact.IdsAsync(session, session.Get(exclude), contact => contact.ContactId, ct);
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

    /// <summary>`segments check`.</summary>
    public static Command Check()
    {
        var filter = FilterArgument.Create();
        var command = new Command("check", "Checks the expectations of a segment and of the segments it refers to; exits with 1 if one is not met.") { filter };
        return command.Runs(async (session, ct) =>
        {
            var source = await FilterArgument.ResolveAsync(session, session.Get(filter), ct);
            var answer = await session.Services.Segments.CheckSegmentExpectationsAsync(new() { Account = session.RequireAccount(), Source = source }, cancellationToken: ct);
            session.Report.Write(answer, () => CheckView(answer));
            return answer.Violations.Count == 0 ? ExitCode.Done : ExitCode.Refused;
        });
    }

    private static Tree CheckView(CheckSegmentExpectationsResponse answer)
    {
        var tree = new Tree(new Text($"{answer.Checked - answer.Violations.Count} of {answer.Checked} expectations are met"));
        foreach (var v in answer.Violations)
        {
            var node = tree.AddNode(new Text($"\"{v.SegmentName}\": contact {v.ContactId} must {(v.MustInclude ? "be in it and is not" : "not be in it but is")}"));
            if (v.Explanation is not null)
                SegmentExplanation.Add(node, v.Explanation);
        }
        return tree;
    }
}
