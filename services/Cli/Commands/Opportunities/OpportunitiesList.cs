using System.CommandLine;
using Crm.Contacts.V1;
using Spectre.Console;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`opportunities list`.</summary>
internal static class OpportunitiesList
{
    public static Command Create()
    {
        var contact = new Option<string>("--contact", "-c") { Description = "Only this contact's: its number, or external:KEY.", HelpName = "contact" };
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 100, HelpName = "n" };
        var command = new Command("list", "Lists opportunities by number.") { contact, limit };
        return command.Runs(async (session, ct) =>
        {
            var request = new ListOpportunitiesRequest { Account = session.RequireAccount() };
            if (session.Get(contact) is { } key)
                request.ContactId = (await ContactKey.GetAsync(session, key, ct)).ContactId;
            var found = await FirstAsync(session, request, session.Get(limit), ct);
            var stages = (await PipelineKey.AllAsync(session, ct)).SelectMany(pipeline => pipeline.Stages).ToDictionary(stage => stage.StageId, stage => stage.Name);
            session.Report.Write(found, () => View(found, stages));
        });
    }

    private static async Task<ListOpportunitiesResponse> FirstAsync(Session session, ListOpportunitiesRequest request, int limit, CancellationToken ct)
    {
        var found = new ListOpportunitiesResponse();
        do
        {
            request.PageSize = Math.Clamp(limit - found.Opportunities.Count, 1, 1000);
            var page = await session.Services.Opportunities.ListOpportunitiesAsync(request, cancellationToken: ct);
            found.Opportunities.Add(page.Opportunities);
            found.NextPageToken = request.PageToken = page.NextPageToken;
        }
        while (found.NextPageToken is not "" && found.Opportunities.Count < limit);
        return found;
    }

    private static Table View(ListOpportunitiesResponse found, Dictionary<int, string> stages)
    {
        var table = Report.Table("opportunity", "external id", "name", "contact", "stage", "status", "amount", "closed");
        foreach (var o in found.Opportunities)
            table.AddRow(
                $"{o.OpportunityId}".Cell(), o.ExternalId.Cell(), o.Name.Cell(), (o.ContactId == 0 ? "" : $"{o.ContactId}").Cell(),
                stages.GetValueOrDefault(o.StageId, "").Cell(), o.Status.ToString().Cell(), o.Amount.Cell(), o.ClosedDate.Cell());
        return table;
    }
}
