using System.Globalization;
using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;

namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>Serves opportunities; the other part serves pipelines.</summary>
internal sealed partial class OpportunityApi(OpportunityCalls calls, OpportunityStore store, PipelineStore pipelines, PageTokens pages)
    : OpportunityService.OpportunityServiceBase
{
    public override async Task<CreateOpportunityResponse> CreateOpportunity(CreateOpportunityRequest request, ServerCallContext context)
    {
        var opportunity = request.Opportunity ?? throw RpcErrors.InvalidField("opportunity", "is required");
        new FieldChecks()
            .Require(opportunity.PipelineId != 0, "opportunity.pipeline_id", "is required")
            .Require(opportunity.StageId != 0, "opportunity.stage_id", "is required")
            .ThrowIfAny();
        var account = await calls.AccountAsync(request.Account, context);
        var fields = await calls.FieldsAsync(account, context);
        var state = OpportunityEdit.Read(opportunity, null, fields).Apply(new OpportunityState());

        var opportunityId = await calls.TakeNumberAsync(account, "opportunity", 1, context);
        return await calls.WriteAsync(
            account, context, request, request.RequestId, request.Cause,
            async writes => new CreateOpportunityResponse { Opportunity = (await writes.CreateAsync(opportunityId, state)).ToProto(fields) },
            (response, token) => response.ConsistencyToken = token);
    }

    public override async Task<GetOpportunityResponse> GetOpportunity(GetOpportunityRequest request, ServerCallContext context)
    {
        if (request.KeyCase == GetOpportunityRequest.KeyOneofCase.None)
        {
            throw RpcErrors.InvalidField("opportunity_id", "is required, or external_id instead");
        }

        var account = await calls.AccountAsync(request.Account, context);
        var byNumber = request.KeyCase == GetOpportunityRequest.KeyOneofCase.OpportunityId;

        var row = await store.FindAsync(
            account.Id, byNumber ? request.OpportunityId : null, request.ExternalId.Trim(), context.CancellationToken);
        var key = byNumber ? request.OpportunityId.ToString(CultureInfo.InvariantCulture) : request.ExternalId;
        var response = new GetOpportunityResponse
        {
            Opportunity = (row ?? throw RpcErrors.NotFound("opportunity", key)).ToProto(await calls.FieldsAsync(account, context)),
        };
        response.Opportunity.StageHistory.Add(await store.HistoryAsync(account.Id, row.OpportunityId, context.CancellationToken));
        return response;
    }

    public override async Task<ListOpportunitiesResponse> ListOpportunities(ListOpportunitiesRequest request, ServerCallContext context)
    {
        var size = PageSize.Read(request.PageSize);
        var account = await calls.AccountAsync(request.Account, context);
        var after = int.Parse(pages.Read(request) ?? "0", CultureInfo.InvariantCulture);

        var rows = await store.ListAsync(account.Id, request.ContactId, after, size + 1, context.CancellationToken);

        var fields = await calls.FieldsAsync(account, context);
        var response = new ListOpportunitiesResponse { Opportunities = { rows.Take(size).Select(row => row.ToProto(fields)) } };
        response.NextPageToken = rows.Count > size
            ? pages.Create(request, rows[size - 1].OpportunityId.ToString(CultureInfo.InvariantCulture))
            : "";
        return response;
    }

    public override async Task<UpdateOpportunityResponse> UpdateOpportunity(UpdateOpportunityRequest request, ServerCallContext context)
    {
        var opportunity = request.Opportunity ?? throw RpcErrors.InvalidField("opportunity", "is required");
        var account = await calls.AccountAsync(request.Account, context);
        var fields = await calls.FieldsAsync(account, context);
        var edit = OpportunityEdit.Read(opportunity, request.UpdateMask, fields);

        return await calls.WriteAsync(
            account, context, request, request.RequestId, request.Cause,
            async writes => new UpdateOpportunityResponse
            {
                Opportunity = (await writes.UpdateAsync(opportunity.OpportunityId, opportunity.Version, edit)).ToProto(fields),
            },
            (response, token) => response.ConsistencyToken = token);
    }

    public override async Task<MoveOpportunityResponse> MoveOpportunity(MoveOpportunityRequest request, ServerCallContext context)
    {
        new FieldChecks()
            .Require(request.ContactId > 0, "contact_id", "is required")
            .Require(request.StageId > 0, "stage_id", "is required")
            .ThrowIfAny();
        var account = await calls.AccountAsync(request.Account, context);
        var fields = await calls.FieldsAsync(account, context);
        var creation = OpportunityEdit.Read(new Opportunity { ContactId = request.ContactId, Name = request.CreateName, StageId = request.StageId }, null, fields);
        var move = OpportunityEdit.Read(new Opportunity { StageId = request.StageId }, null, fields);

        var newId = request.CreateName.Length > 0 ? await calls.TakeNumberAsync(account, "opportunity", 1, context) : 0;
        return await calls.WriteAsync(
            account, context, request, request.RequestId, request.Cause,
            async writes =>
            {
                var (pipelineId, open) = await writes.FindLastOpenAsync(request.ContactId, request.StageId);
                var row = open is not null ? await writes.UpdateAsync(open.OpportunityId, 0, move)
                    : newId > 0 ? await writes.CreateAsync(newId, creation.Apply(new OpportunityState { PipelineId = pipelineId }))
                    : null;
                return new MoveOpportunityResponse { Outcome = Outcome(open, row), Opportunity = row?.ToProto(fields) };
            },
            (response, token) => response.ConsistencyToken = token);
    }

    private static MoveOpportunityResponse.Types.Outcome Outcome(OpportunityRow? before, OpportunityRow? after) =>
        after is null ? MoveOpportunityResponse.Types.Outcome.None
        : before is null ? MoveOpportunityResponse.Types.Outcome.Created
        : before.StageId == after.StageId ? MoveOpportunityResponse.Types.Outcome.Unchanged
        : MoveOpportunityResponse.Types.Outcome.Moved;

    public override async Task<DeleteOpportunityResponse> DeleteOpportunity(DeleteOpportunityRequest request, ServerCallContext context)
    {
        var account = await calls.AccountAsync(request.Account, context);
        var fields = await calls.FieldsAsync(account, context);

        return await calls.WriteAsync(
            account, context, request, request.RequestId, request.Cause,
            async writes => new DeleteOpportunityResponse
            {
                Opportunity = (await writes.DeleteAsync(request.OpportunityId, request.Version)).ToProto(fields),
            },
            (response, token) => response.ConsistencyToken = token);
    }
}
