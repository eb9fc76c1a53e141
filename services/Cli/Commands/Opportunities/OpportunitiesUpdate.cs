using System.CommandLine;
using Crm.Contacts.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`opportunities update`.</summary>
internal static class OpportunitiesUpdate
{
    public static Command Create()
    {
        var key = OpportunityKey.Argument();
        var options = new OpportunityOptions();
        var command = new Command("update", "Changes an opportunity; a new stage is recorded with its time.") { key };
        options.AddTo(command);
        return command.Runs(async (session, ct) =>
        {
            var before = await OpportunityKey.GetAsync(session, session.Get(key), ct);
            var opportunity = new Opportunity { OpportunityId = before.OpportunityId, PipelineId = before.PipelineId };
            var mask = await options.ReadAsync(session, opportunity, ct);
            if (mask.Paths.Count == 0)
                throw new CliError("There is nothing to change.", "Give --stage, --status, --amount or another option.");

            var request = new UpdateOpportunityRequest { Account = session.RequireAccount(), Opportunity = opportunity, UpdateMask = mask, RequestId = RequestId.New() };
            var answer = await session.Services.Opportunities.UpdateOpportunityAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Opportunity, $"Opportunity {answer.Opportunity.OpportunityId} is at version {answer.Opportunity.Version}.");
        });
    }
}
