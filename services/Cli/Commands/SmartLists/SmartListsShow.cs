using System.CommandLine;
using Crm.Segments.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`smartlists show`.</summary>
internal static class SmartListsShow
{
    public static Command Create()
    {
        var key = SmartListKey.Argument();
        var command = new Command("show", "Shows a smart list with its filter, tags, columns and order.") { key };
        return command.Runs(async (session, ct) =>
        {
            var list = await SmartListKey.GetAsync(session, session.Get(key), ct);
            session.Report.Write(list, () => View(list));
        });
    }

    public static string Order(SmartListSort? sort) =>
        (sort?.Column is { Length: > 0 } column ? column : "contact number") + (sort?.Descending == true ? ", descending" : "");

    private static Table View(SmartList list)
    {
        var table = Report.Table("attribute", "value");
        table.AddRow("id".Cell(), list.SmartListId.Cell());
        table.AddRow("name".Cell(), list.Name.Cell());
        table.AddRow("description".Cell(), list.Description.Cell());
        table.AddRow("filter".Cell(), list.Text.Cell());
        if (list.IncludeTagId > 0)
            table.AddRow("include tag".Cell(), list.IncludeTagId.Cell());
        if (list.ExcludeTagId > 0)
            table.AddRow("exclude tag".Cell(), list.ExcludeTagId.Cell());
        table.AddRow("columns".Cell(), string.Join(", ", list.Columns).Cell());
        table.AddRow("order".Cell(), Order(list.Sort).Cell());
        table.AddRow("version".Cell(), list.Version.Cell());
        table.AddRow("state".Cell(), list.State.ToString().Cell());
        foreach (var problem in list.Problems)
            table.AddRow("problem".Cell(), problem.Cell());
        table.AddRow("updated".Cell(), list.UpdateTime.Cell());
        return table;
    }
}
