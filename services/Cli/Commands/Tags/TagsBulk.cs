using System.CommandLine;
using Crm.Tags.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`tags bulk`.</summary>
internal static class TagsBulk
{
    public static Command Create()
    {
        var filter = FilterArgument.Create();
        var add = new Option<string[]>("--add") { Description = "A tag to add; may be given several times.", HelpName = "tag" };
        var remove = new Option<string[]>("--remove") { Description = "A tag to remove; may be given several times.", HelpName = "tag" };
        var skip = new Option<bool>("--skip-workflows") { Description = "Do not tell workflows." };
        var command = new Command("bulk", "Adds and removes tags on all contacts that match. Appends, never overwrites.") { filter, add, remove, skip };
        return command.Runs(async (session, ct) =>
        {
            var request = new BulkTagRequest { Account = session.RequireAccount(), RequestId = RequestId.New(), SkipWorkflows = session.Get(skip) };
            var names = (Add: session.Get(add) ?? [], Remove: session.Get(remove) ?? []);
            if (names is ([], []))
                throw new CliError("There is nothing to add or to remove.", "Give --add TAG or --remove TAG.");

            request.AddTagIds.Add(await IdsAsync(session, names.Add, ct));
            request.RemoveTagIds.Add(await IdsAsync(session, names.Remove, ct));
            var source = await FilterArgument.ResolveAsync(session, session.Get(filter), ct);
            request.ContactIds.Add(await Matches.AllAsync(session, source, ct));
            var answer = await session.Services.Tags.BulkTagAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => View(answer, names.Add.Concat(names.Remove)));
        });
    }

    private static async Task<List<int>> IdsAsync(Session session, string[] names, CancellationToken ct)
    {
        var ids = new List<int>();
        foreach (var name in names)
        {
            var request = new GetTagRequest { Account = session.RequireAccount(), Name = name };
            ids.Add((await session.Services.Tags.GetTagAsync(request, cancellationToken: ct)).Tag.TagId);
        }
        return ids;
    }

    private static Table View(BulkTagResponse answer, IEnumerable<string> names)
    {
        var table = Report.Table("tag", "contacts changed", "were so already");
        foreach (var (change, name) in answer.Changes.Zip(names))
            table.AddRow(name.Cell(), change.Changed.Cell(), change.Unchanged.Cell());
        return table;
    }
}
