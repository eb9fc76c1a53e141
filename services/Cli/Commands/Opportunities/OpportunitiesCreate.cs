using System.CommandLine;
using Crm.Contacts.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`opportunities create`.</summary>
internal static class OpportunitiesCreate
{
    public static Command Create()
    {
        var options = new OpportunityOptions();
        var command = new Command("create", "Creates an opportunity in a stage of a pipeline.");
        options.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var opportunity = new Opportunity();
            await options.ReadAsync(session, opportunity, ct);
            var request = new CreateOpportunityRequest { Account = session.RequireAccount(), Opportunity = opportunity, RequestId = RequestId.New() };
            var answer = await session.Services.Opportunities.CreateOpportunityAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Opportunity, $"Opportunity {answer.Opportunity.OpportunityId} created.");
        });
    }
}
