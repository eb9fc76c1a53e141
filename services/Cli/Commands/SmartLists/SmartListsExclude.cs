using System.CommandLine;

namespace TagSegments.Cli.Commands;

/// <summary>`smartlists exclude`.</summary>
internal static class SmartListsExclude
{
    public static Command Create()
    {
        var key = SmartListKey.Argument();
        var contacts = SmartListHand.Contacts();
        var command = new Command("exclude", "Keeps contacts out of a smart list by hand: gives them its exclude tag and takes its include tag off them.") { key, contacts };
        return command.Runs(async (session, ct) =>
        {
            var (list, answer) = await SmartListHand.MoveAsync(session, session.Get(key), session.Get(contacts), include: false, ct);
            session.Report.Write(answer, $"{answer.Changes[0].Changed} contacts got the tag that keeps them out of \"{list.Name}\", {answer.Changes[0].Unchanged} had it.");
        });
    }
}
