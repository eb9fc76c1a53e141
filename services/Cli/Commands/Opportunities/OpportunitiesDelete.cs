using System.CommandLine;
using Crm.Contacts.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`opportunities delete`.</summary>
internal static class OpportunitiesDelete
{
    public static Command Create()
    {
        var key = OpportunityKey.Argument();
        var command = new Command("delete", "Deletes an opportunity for good; filters of the past still know it.") { key };
        return command.Runs(async (session, ct) =>
        {
            var opportunity = await OpportunityKey.GetAsync(session, session.Get(key), ct);
            var request = new DeleteOpportunityRequest { Account = session.RequireAccount(), OpportunityId = opportunity.OpportunityId, RequestId = RequestId.New() };
            var answer = await session.Services.Opportunities.DeleteOpportunityAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Opportunity, $"Opportunity {opportunity.OpportunityId} deleted.");
        });
    }
}
