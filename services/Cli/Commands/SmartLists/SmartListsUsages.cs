using System.CommandLine;
using Crm.Segments.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`smartlists usages`.</summary>
internal static class SmartListsUsages
{
    public static Command Create()
    {
        var key = SmartListKey.Argument();
        var command = new Command("usages", "Lists the campaigns that use a smart list.") { key };
        return command.Runs(async (session, ct) =>
        {
            var list = await SmartListKey.GetAsync(session, session.Get(key), ct);
            await Usages.ReportAsync(session, new ListUsagesRequest { SmartListId = list.SmartListId }, ct);
        });
    }
}
