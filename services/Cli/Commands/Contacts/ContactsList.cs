using System.CommandLine;
using Crm.Contacts.V1;
using Spectre.Console;
using Spectre.Console.Rendering;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`contacts list`.</summary>
internal static class ContactsList
{
    public static Command Create()
    {
        var search = new Option<string>("--search") { Description = "Only contacts whose e-mail, phone, names or external id contain this.", HelpName = "text" };
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 100, HelpName = "n" };
        var deleted = new Option<bool>("--deleted") { Description = "Also deleted contacts." };
        var command = new Command("list", "Lists contacts by number.") { search, limit, deleted };
        return command.Runs(async (session, ct) =>
        {
            var request = new ListContactsRequest { Account = session.RequireAccount(), Search = session.Get(search) ?? "", ShowDeleted = session.Get(deleted) };
            var found = await FirstAsync(session, request, session.Get(limit), ct);
            session.Report.Write(found, () => View(found, session.Get(deleted)));
            if (found.NextPageToken is not "")
                session.Report.Note($"There are more than {found.Contacts.Count}; raise --limit or narrow with --search.");
        });
    }

    private static async Task<ListContactsResponse> FirstAsync(Session session, ListContactsRequest request, int limit, CancellationToken ct)
    {
        var found = new ListContactsResponse();
        do
        {
            request.PageSize = Math.Clamp(limit - found.Contacts.Count, 1, 1000);
            var page = await session.Services.Contacts.ListContactsAsync(request, cancellationToken: ct);
            found.Contacts.Add(page.Contacts);
            found.NextPageToken = request.PageToken = page.NextPageToken;
        }
        while (found.NextPageToken is not "" && found.Contacts.Count < limit);
        return found;
    }

    private static Table View(ListContactsResponse found, bool withDeleted)
    {
        string[] columns = ["contact", "external id", "e-mail", "first name", "last name", "created"];
        var table = Report.Table(withDeleted ? [.. columns, "deleted"] : columns);
        foreach (var c in found.Contacts)
        {
            IRenderable[] cells = [c.ContactId.Cell(), c.ExternalId.Cell(), c.Email.Cell(), c.FirstName.Cell(), c.LastName.Cell(), c.CreateTime.Cell()];
            table.AddRow(withDeleted ? [.. cells, c.DeleteTime.Cell()] : cells);
        }
        return table;
    }
}
