using System.CommandLine;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.Cli.Commands;

/// <summary>`smartlists update`.</summary>
internal static class SmartListsUpdate
{
    public static Command Create()
    {
        var key = SmartListKey.Argument();
        var name = new Option<string>("--name") { Description = "A new name.", HelpName = "name" };
        var filter = new Option<string>("--filter") { Description = "The new filter as text.", HelpName = "filter" };
        var options = new SmartListOptions();
        var command = new Command("update", "Changes a smart list: only what is given.") { key, name, filter };
        options.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var list = await SmartListKey.GetAsync(session, session.Get(key), ct);
            var changed = await options.ApplyAsync(session, list, ct);
            list.Name = session.Get(name) ?? list.Name;
            list.Filter = session.Given(filter) ? null : list.Filter;
            if (session.Given(name))
                changed.Add("name");
            if (session.Given(filter))
                changed.Add("filter");
            if (changed.Count == 0)
                throw new CliError("Nothing is to be changed.", "See: tagsegments smartlists update --help");

            list = (await session.Services.SmartLists.UpdateSmartListAsync(new UpdateSmartListRequest
            {
                Account = session.RequireAccount(),
                SmartList = list,
                UpdateMask = new FieldMask { Paths = { changed } },
                Text = session.Get(filter) ?? "",
                Version = list.Version,
                RequestId = RequestId.New(),
            }, cancellationToken: ct)).SmartList;
            session.Report.Write(list, $"Smart list \"{list.Name}\" changed: {string.Join(", ", changed)}; now version {list.Version}.");
        });
    }
}
