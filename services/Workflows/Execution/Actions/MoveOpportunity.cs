using Crm.Contacts.V1;
using Crm.Workflows.V1;
using Outcome = Crm.Contacts.V1.MoveOpportunityResponse.Types.Outcome;

namespace TagSegments.Workflows.Execution.Actions;

/// <summary>Moves the contact's last open opportunity of a pipeline to a stage, or creates one there.</summary>
internal sealed class MoveOpportunity(OpportunityService.OpportunityServiceClient opportunities) : INodeAction
{
    public IReadOnlyList<Node.ActionOneofCase> Kinds => [Node.ActionOneofCase.MoveOpportunity];

    public async Task<ActionOutcome> RunAsync(AccountInfo account, Node node, ActiveRun run, CancellationToken ct)
    {
        var answer = await opportunities.MoveOpportunityAsync(
            new()
            {
                Account = account.Name,
                ContactId = run.ContactId,
                StageId = node.MoveOpportunity.StageId,
                CreateName = node.MoveOpportunity.CreateName,
                RequestId = run.RequestId,
                Cause = run.Cause,
            },
            cancellationToken: ct);
        return answer.Outcome switch
        {
            Outcome.Moved => new($"moved opportunity {answer.Opportunity.OpportunityId}"),
            Outcome.Created => new($"created opportunity {answer.Opportunity.OpportunityId}"),
            Outcome.Unchanged => new($"opportunity {answer.Opportunity.OpportunityId} is in the stage already", IsSkipped: true),
            _ => new("the contact has no open opportunity in the pipeline", IsSkipped: true),
        };
    }
}
