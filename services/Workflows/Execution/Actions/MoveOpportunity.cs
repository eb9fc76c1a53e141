using Crm.Contacts.V1;
using Crm.Workflows.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.ServiceDefaults;

namespace TagSegments.Workflows.Execution.Actions;

/// <summary>Moves the contact's last open opportunity of a pipeline to a stage, or creates one there.</summary>
internal sealed class MoveOpportunity(OpportunityService.OpportunityServiceClient opportunities) : INodeAction
{
    public IReadOnlyList<Node.ActionOneofCase> Kinds => [Node.ActionOneofCase.MoveOpportunity];

    public async Task<ActionOutcome> RunAsync(AccountInfo account, Node node, ActiveRun run, CancellationToken ct)
    {
        var action = node.MoveOpportunity;
        var pipelineId = await PipelineOfAsync(account, action.StageId, ct);
        var open = await LastOpenAsync(account, run.ContactId, pipelineId, ct);
        if (open is null && action.CreateName.Length == 0)
        {
            return new("the contact has no open opportunity in the pipeline", IsSkipped: true);
        }

        if (open is null)
        {
            var created = await opportunities.CreateOpportunityAsync(
                new()
                {
                    Account = account.Name,
                    Opportunity = new()
                    {
                        ContactId = run.ContactId,
                        Name = action.CreateName,
                        PipelineId = pipelineId,
                        StageId = action.StageId,
                    },
                    RequestId = run.RequestId,
                    Cause = run.Cause,
                },
                cancellationToken: ct);
            return new($"created opportunity {created.Opportunity.OpportunityId}");
        }

        if (open.StageId == action.StageId)
        {
            return new($"opportunity {open.OpportunityId} is in the stage already", IsSkipped: true);
        }

        await opportunities.UpdateOpportunityAsync(
            new()
            {
                Account = account.Name,
                Opportunity = new() { OpportunityId = open.OpportunityId, StageId = action.StageId },
                UpdateMask = new FieldMask { Paths = { "stage_id" } },
                RequestId = run.RequestId,
                Cause = run.Cause,
            },
            cancellationToken: ct);
        return new($"moved opportunity {open.OpportunityId}");
    }

    private async Task<int> PipelineOfAsync(AccountInfo account, int stageId, CancellationToken ct)
    {
        var response = await opportunities.ListPipelinesAsync(new() { Account = account.Name }, cancellationToken: ct);
        return response.Pipelines.FirstOrDefault(pipeline => pipeline.Stages.Any(stage => stage.StageId == stageId))?.PipelineId
            ?? throw RpcErrors.NotFound("stage", stageId.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private async Task<Opportunity?> LastOpenAsync(AccountInfo account, int contactId, int pipelineId, CancellationToken ct)
    {
        var request = new ListOpportunitiesRequest { Account = account.Name, ContactId = contactId, PageSize = 1_000 };
        Opportunity? last = null;
        do
        {
            var response = await opportunities.ListOpportunitiesAsync(request, cancellationToken: ct);
            last = response.Opportunities.LastOrDefault(o => o.PipelineId == pipelineId && o.Status is Opportunity.Types.Status.Open) ?? last;
            request.PageToken = response.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        return last;
    }
}
