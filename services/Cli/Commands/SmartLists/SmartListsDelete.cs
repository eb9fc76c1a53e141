using System.CommandLine;

namespace TagSegments.Cli.Commands;

/// <summary>`smartlists delete`.</summary>
internal static class SmartListsDelete
{
    public static Command Create()
    {
        var key = SmartListKey.Argument();
        var command = new Command("delete", "Deletes a smart list. Its tags stay, and contacts keep them.") { key };
        return command.Runs(async (session, ct) =>
        {
            var list = await SmartListKey.GetAsync(session, session.Get(key), ct);
            await session.Services.SmartLists.DeleteSmartListAsync(
                new() { Account = session.RequireAccount(), SmartListId = list.SmartListId, RequestId = RequestId.New() }, cancellationToken: ct);
            session.Report.Write(list, $"Smart list \"{list.Name}\" is deleted.");
        });
    }
}
