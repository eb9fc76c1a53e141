using System.CommandLine;

namespace TagSegments.Cli.Commands;

/// <summary>`smartlists include`.</summary>
internal static class SmartListsInclude
{
    public static Command Create()
    {
        var key = SmartListKey.Argument();
        var contacts = SmartListHand.Contacts();
        var command = new Command("include", "Puts contacts into a smart list by hand: gives them its include tag and takes its exclude tag off them.") { key, contacts };
        return command.Runs(async (session, ct) =>
        {
            var (list, answer) = await SmartListHand.MoveAsync(session, session.Get(key), session.Get(contacts), include: true, ct);
            session.Report.Write(answer, $"{answer.Changes[0].Changed} contacts got the tag that puts them into \"{list.Name}\", {answer.Changes[0].Unchanged} had it.");
        });
    }
}
