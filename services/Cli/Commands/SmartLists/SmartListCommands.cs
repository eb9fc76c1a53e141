using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;
using TagSegments.Cli.Commands.Segments;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.SmartLists;

/// <summary>Commands about smart lists.</summary>
internal static class SmartListCommands
{
    /// <summary>`smartlists`.</summary>
    public static Command Build() => new("smartlists", "Saved views of contacts: a filter, contacts included or excluded by tag, columns and an order.")
    {
        List(), Show(), Create(), Update(), Delete(), Rows(), SmartListMembers.Include(), SmartListMembers.Exclude(), Usages(),
    };

    private static Command List() => new Command("list", "Lists the smart lists.").Runs(async (session, ct) =>
    {
        var request = new ListSmartListsRequest { Account = session.RequireAccount() };
        var all = await Pages.AllAsync(request, r => session.Services.SmartLists.ListSmartListsAsync(r, cancellationToken: ct), page => page.SmartLists);

        session.Report.Write(all, () => ListView(all));
    });

    private static Table ListView(ListSmartListsResponse all) => Report.Table(
        all.SmartLists,
        ("smart list", l => l.Name), ("filter", l => l.Text), ("columns", l => string.Join(", ", l.Columns)),
        ("order", l => Order(l.Sort)), ("state", l => l.State));

    private static Command Show()
    {
        var key = Keys.SmartList.Argument();
        var command = new Command("show", "Shows a smart list with its filter, tags, columns and order.") { key };
        return command.Runs(async (session, ct) =>
        {
            var list = await Keys.SmartList.GetAsync(session, session.Get(key), ct);
            session.Report.Write(list, () => ShowView(list));
        });
    }

    public static string Order(SmartListSort? sort) =>
        (sort?.Column is { Length: > 0 } column ? column : "contact number") + (sort?.Descending == true ? ", descending" : "");

    private static Table ShowView(SmartList list)
    {
        var table = Report.Empty("attribute", "value");
        table.Row("id", list.SmartListId);
        table.Row("name", list.Name);
        table.Row("description", list.Description);
        table.Row("filter", list.Text);
        if (list.IncludeTagId > 0)
            table.Row("include tag", list.IncludeTagId);
        if (list.ExcludeTagId > 0)
            table.Row("exclude tag", list.ExcludeTagId);
        table.Row("columns", string.Join(", ", list.Columns));
        table.Row("order", Order(list.Sort));
        table.Row("version", list.Version);
        table.Row("state", list.State);
        foreach (var problem in list.Problems)
            table.Row("problem", problem);
        table.Row("updated", list.UpdateTime);
        return table;
    }

    private static Command Create()
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
            session.Report.Write(list, $"Smart list \"{list.Name}\" saved; to list its rows: tagsegments smartlists rows \"{list.Name}\"");
        });
    }

    private static Command Update()
    {
        var key = Keys.SmartList.Argument();
        var name = Options.Text("--name", "A new name.", "name");
        var filter = Options.Text("--filter", "The new filter as text.", "filter");
        var options = new SmartListOptions();
        var command = new Command("update", "Changes a smart list. Only the given options change.") { key, name, filter };
        options.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var list = await Keys.SmartList.GetAsync(session, session.Get(key), ct);
            var changed = await options.ApplyAsync(session, list, ct);
            list.Name = session.Get(name) ?? list.Name;
            list.Filter = session.Given(filter) ? null : list.Filter;
            if (session.Given(name))
                changed.Add("name");
            if (session.Given(filter))
                changed.Add("filter");
            if (changed.Count == 0)
                throw new CliError("There is nothing to change.", "See: tagsegments smartlists update --help");

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

    private static Command Delete()
    {
        var key = Keys.SmartList.Argument();
        var force = new Option<bool>("--force") { Description = "Delete it even if campaigns refer to it; they cannot be sent until they are changed." };
        var command = new Command("delete", "Deletes a smart list. Its tags stay, and contacts keep them.") { key, force };
        return command.Runs(async (session, ct) =>
        {
            var list = await Keys.SmartList.GetAsync(session, session.Get(key), ct);
            await session.Services.SmartLists.DeleteSmartListAsync(
                new() { Account = session.RequireAccount(), SmartListId = list.SmartListId, Force = session.Get(force), RequestId = RequestId.New() },
                cancellationToken: ct);
            session.Report.Write(list, $"Smart list \"{list.Name}\" is deleted.");
        });
    }

    private static Command Rows()
    {
        var key = Keys.SmartList.Argument();
        var (limit, skip) = (Options.Limit(100), Options.Skip());
        var sort = Options.Text("--sort", "Another column to sort by, for this call.", "column");
        var descending = new Option<bool>("--descending") { Description = "Sort in descending order, with --sort." };
        var asOf = AsOfOption.Create();
        var command = new Command("rows", "Shows who is in a smart list, now or at a past instant, in its order and with its columns.")
        {
            key, limit, skip, sort, descending, asOf,
        };
        return command.Runs(async (session, ct) =>
        {
            var list = await Keys.SmartList.GetAsync(session, session.Get(key), ct);
            var request = new ListSmartListRowsRequest
            {
                Account = session.RequireAccount(),
                SmartListId = list.SmartListId,
                Skip = session.Get(skip),
                AsOf = AsOfOption.Read(session.Get(asOf)),
            };
            if (session.Given(sort) || session.Given(descending))
                request.Sort = new SmartListSort { Column = session.Get(sort) ?? "", Descending = session.Get(descending) };
            var found = await Pages.FirstAsync(request, session.Get(limit), r => session.Services.SmartLists.ListSmartListRowsAsync(r, cancellationToken: ct), page => page.Rows);
            session.Report.Write(found, () => RowsView(found));
            if (found.NextPageToken is not "")
                session.Report.Note($"Showing {found.Rows.Count:N0} of {found.Total:N0}; raise --limit.");
        });
    }

    private static Table RowsView(ListSmartListRowsResponse found)
    {
        var table = Report.Empty(["contact", .. found.Columns]);
        foreach (var row in found.Rows)
            table.Row([row.ContactId, .. row.Values.Select(value => value.AsText())]);
        return table;
    }

    private static Command Usages()
    {
        var key = Keys.SmartList.Argument();
        var command = new Command("usages", "Lists the campaigns that use a smart list.") { key };
        return command.Runs(async (session, ct) =>
        {
            var list = await Keys.SmartList.GetAsync(session, session.Get(key), ct);
            await UsageReport.WriteAsync(session, new ListUsagesRequest { SmartListId = list.SmartListId }, ct);
        });
    }
}
