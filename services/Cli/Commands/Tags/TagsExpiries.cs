using System.CommandLine;
using Crm.Tags.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`tags expiries`.</summary>
internal static class TagsExpiries
{
    public static Command Create()
    {
        var tag = new Option<string>("--tag") { Description = "Only this tag.", HelpName = "name" };
        var contact = new Option<int>("--contact", "-c") { Description = "Only the contact with this number.", HelpName = "number" };
        var limit = new Option<int>("--limit") { Description = "How many at most, 1 to 1,000.", DefaultValueFactory = _ => 100, HelpName = "n" };
        var command = new Command("expiries", "Lists which tags will be taken off which contacts, and when; soonest first.") { tag, contact, limit };
        return command.Runs(async (session, ct) =>
        {
            var request = new ListTagExpiriesRequest
            {
                Account = session.RequireAccount(),
                TagId = session.Get(tag) is { } name ? (await TagKey.GetAsync(session, name, ct)).TagId : 0,
                ContactId = session.Get(contact),
                PageSize = session.Get(limit),
            };
            var found = await session.Services.Tags.ListTagExpiriesAsync(request, cancellationToken: ct);
            var names = await Names.FindAsync(session, found.Expiries.Select(expiry => expiry.TagId), [], [], ct);
            session.Report.Write(found, () => View(found, names));
        });
    }

    private static Table View(ListTagExpiriesResponse found, Names names)
    {
        var table = Report.Table("expires", "contact", "tag");
        foreach (var expiry in found.Expiries)
            table.AddRow(expiry.ExpireTime.Cell(), expiry.ContactId.Cell(), names.Tag(expiry.TagId).Cell());
        return table;
    }
}
