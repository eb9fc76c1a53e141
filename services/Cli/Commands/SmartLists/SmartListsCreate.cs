using System.CommandLine;
using Crm.Segments.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`smartlists create`.</summary>
internal static class SmartListsCreate
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The list's name, unique among the account's smart lists." };
        var filter = new Argument<string>("filter") { Description = "The filter as text, for example: has tag \"Hot Lead\" AND country = \"AT\"" };
        var options = new SmartListOptions();
        var command = new Command("create", "Saves a view of contacts.") { name, filter };
        options.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var list = new SmartList { Name = session.Get(name) };
            await options.ApplyAsync(session, list, ct);
            var request = new CreateSmartListRequest { Account = session.RequireAccount(), SmartList = list, Text = session.Get(filter), RequestId = RequestId.New() };
            list = (await session.Services.SmartLists.CreateSmartListAsync(request, cancellationToken: ct)).SmartList;
            session.Report.Write(list, $"Smart list \"{list.Name}\" saved; see it with: tagsegments smartlists rows \"{list.Name}\"");
        });
    }
}
