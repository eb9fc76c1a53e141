using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Segments.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Segments;

/// <summary>`segments explain`, and explanations as trees.</summary>
internal static class SegmentExplanation
{
    /// <summary>`segments explain`.</summary>
    public static Command Explain()
    {
        var filter = FilterArgument.Create();
        var contact = Keys.ContactOption();
        var asOf = AsOfOption.Create();
        var command = new Command("explain", "Explains clause by clause why a contact matches or not, now or at a past instant.") { filter, contact, asOf };
        return command.Runs(async (session, ct) =>
        {
            var target = await Keys.Contact.GetAsync(session, session.Get(contact)!, ct);
            var answer = await session.Services.Segments.ExplainContactAsync(new ExplainContactRequest
            {
                Account = session.RequireAccount(),
                Source = await FilterArgument.ResolveAsync(session, session.Get(filter), ct),
                ContactId = target.ContactId,
                AsOf = AsOfOption.Read(session.Get(asOf)),
            }, cancellationToken: ct);
            session.Report.Write(answer, () => ExplainView(answer, target.ContactId));
        });
    }

    private static Tree ExplainView(ExplainContactResponse answer, int contactId)
    {
        var tree = new Tree(new Text($"contact {contactId} {(answer.Matches ? "matches" : "does not match")} at {Times.Text(answer.EvaluationTime)}"));
        Add(tree, answer.Explanation);
        return tree;
    }

    /// <summary>Adds an explanation to a tree, clause by clause.</summary>
    public static void Add(IHasTreeNodes parent, Explanation part)
    {
        var actual = part.Actual is "" ? "" : $"\n    {part.Actual}";
        var node = parent.AddNode(new Text($"{(part.Matches ? "yes" : "no ")} {part.Text}{actual}"));
        foreach (var member in part.Members)
            Add(node, member);
    }
}
