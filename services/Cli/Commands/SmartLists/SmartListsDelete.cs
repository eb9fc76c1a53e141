using System.CommandLine;

namespace TagSegments.Cli.Commands;

/// <summary>`smartlists delete`.</summary>
internal static class SmartListsDelete
{
    public static Command Create()
    {
        var key = SmartListKey.Argument();
        var force = new Option<bool>("--force") { Description = "Also if campaigns refer to it; those cannot be sent until they are changed." };
        var command = new Command("delete", "Deletes a smart list. Its tags stay, and contacts keep them.") { key, force };
        return command.Runs(async (session, ct) =>
        {
            var list = await SmartListKey.GetAsync(session, session.Get(key), ct);
            await session.Services.SmartLists.DeleteSmartListAsync(
                new() { Account = session.RequireAccount(), SmartListId = list.SmartListId, Force = session.Get(force), RequestId = RequestId.New() },
                cancellationToken: ct);
            session.Report.Write(list, $"Smart list \"{list.Name}\" is deleted.");
        });
    }
}
