using System.CommandLine;
using Crm.Tags.V1;
using Spectre.Console;
using Spectre.Console.Rendering;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`tags list`.</summary>
internal static class TagsList
{
    public static Command Create()
    {
        var prefix = new Option<string>("--prefix") { Description = "Only tags whose name starts with this, for example \"Source: \".", HelpName = "text" };
        var search = new Option<string>("--search") { Description = "Only tags whose name contains this.", HelpName = "text" };
        var byUse = new Option<bool>("--by-use") { Description = "Most contacts first, instead of by name." };
        var deleted = new Option<bool>("--deleted") { Description = "Also deleted tags." };
        var command = new Command("list", "Lists the tag library with the number of contacts per tag.") { prefix, search, byUse, deleted };
        return command.Runs(async (session, ct) =>
        {
            var all = await AllAsync(session, new ListTagsRequest
            {
                Account = session.RequireAccount(),
                Prefix = session.Get(prefix) ?? "",
                Search = session.Get(search) ?? "",
                OrderBy = session.Get(byUse) ? ListTagsRequest.Types.OrderBy.ContactCount : ListTagsRequest.Types.OrderBy.Name,
                ShowDeleted = session.Get(deleted),
                PageSize = 1000,
            }, ct);
            session.Report.Write(all, () => View(all, session.Get(deleted)));
        });
    }

    private static async Task<ListTagsResponse> AllAsync(Session session, ListTagsRequest request, CancellationToken ct)
    {
        var all = new ListTagsResponse();
        do
        {
            var page = await session.Services.Tags.ListTagsAsync(request, cancellationToken: ct);
            all.Tags.Add(page.Tags);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken is not "");
        return all;
    }

    private static Table View(ListTagsResponse all, bool withDeleted)
    {
        string[] columns = ["tag", "name", "contacts", "description"];
        var table = Report.Table(withDeleted ? [.. columns, "deleted"] : columns);
        foreach (var tag in all.Tags)
        {
            IRenderable[] cells = [tag.TagId.Cell(), tag.Name.Cell(), tag.ContactCount.Cell(), tag.Description.Cell()];
            table.AddRow(withDeleted ? [.. cells, tag.DeleteTime.Cell()] : cells);
        }
        return table;
    }
}
