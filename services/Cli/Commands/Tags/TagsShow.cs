using System.CommandLine;
using Crm.Tags.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`tags show`.</summary>
internal static class TagsShow
{
    public static Command Create()
    {
        var key = TagKey.Argument();
        var command = new Command("show", "Shows a tag with its documentation and the number of its contacts.") { key };
        return command.Runs(async (session, ct) =>
        {
            var tag = await TagKey.GetAsync(session, session.Get(key), ct);
            session.Report.Write(tag, () => View(tag));
        });
    }

    private static Table View(Tag tag)
    {
        var table = Report.Table("attribute", "value");
        table.AddRow("tag".Cell(), $"#{tag.TagId}".Cell());
        table.AddRow("name".Cell(), tag.Name.Cell());
        table.AddRow("contacts".Cell(), tag.ContactCount.Cell());
        foreach (var (name, value) in Texts(tag).Where(text => text.Value is not ""))
            table.AddRow(name.Cell(), value.Cell());
        table.AddRow("created".Cell(), tag.CreateTime.Cell());
        if (tag.DeleteTime is not null)
            table.AddRow("deleted".Cell(), tag.DeleteTime.Cell());
        return table;
    }

    private static (string Name, string Value)[] Texts(Tag tag) =>
    [
        ("description", tag.Description), ("when to apply", tag.WhenToApply), ("examples", tag.Examples), ("owner", tag.Owner), ("color", tag.Color),
    ];
}
