using System.CommandLine;
using Crm.Segments.V1;
using Spectre.Console;

namespace TagSegments.Cli.Commands;

/// <summary>`segments check`.</summary>
internal static class SegmentsCheck
{
    public static Command Create()
    {
        var filter = FilterArgument.Create();
        var command = new Command("check", "Checks what is expected of a segment and of those that it refers to; exits with 1 if something is not met.") { filter };
        return command.Runs(async (session, ct) =>
        {
            var source = await FilterArgument.ResolveAsync(session, session.Get(filter), ct);
            var answer = await session.Services.Segments.CheckSegmentExpectationsAsync(new() { Account = session.RequireAccount(), Source = source }, cancellationToken: ct);
            session.Report.Write(answer, () => View(answer));
            return answer.Violations.Count == 0 ? ExitCode.Done : ExitCode.Refused;
        });
    }

    private static Tree View(CheckSegmentExpectationsResponse answer)
    {
        var tree = new Tree(new Text($"{answer.Checked - answer.Violations.Count} of {answer.Checked} expectations are met"));
        foreach (var v in answer.Violations)
        {
            var node = tree.AddNode(new Text($"\"{v.SegmentName}\": contact {v.ContactId} must {(v.MustInclude ? "be in it and is not" : "not be in it and is")}"));
            if (v.Explanation is not null)
                SegmentsExplain.Add(node, v.Explanation);
        }
        return tree;
    }
}
