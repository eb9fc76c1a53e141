using System.Globalization;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>Serves opportunities.</summary>
internal sealed class OpportunityApi(
    AccountDirectory accounts, FieldStore fields, OpportunityStore store, AccountWrites writes, PageTokens pages, TimeProvider time)
    : OpportunityService.OpportunityServiceBase
{
    public override async Task<CreateOpportunityResponse> CreateOpportunity(CreateOpportunityRequest request, ServerCallContext context)
    {
        var opportunity = request.Opportunity ?? throw RpcErrors.InvalidField("opportunity", "is required");
        new FieldChecks()
            .Require(opportunity.PipelineId != 0, "opportunity.pipeline_id", "is required")
            .Require(opportunity.StageId != 0, "opportunity.stage_id", "is required")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var catalog = await FieldsAsync(account, context);
        var edit = OpportunityEdit.Read(opportunity, null, catalog);

        var opportunityId = await store.TakeNumberAsync(account.Id, context.CancellationToken);
        return await WriteAsync(
            account, context, request, request.Cause,
            async opportunities => new CreateOpportunityResponse { Opportunity = (await opportunities.CreateAsync(opportunityId, edit, new OpportunityState())).ToProto(catalog) },
            (response, token) => response.ConsistencyToken = token);
    }

    public override async Task<GetOpportunityResponse> GetOpportunity(GetOpportunityRequest request, ServerCallContext context)
    {
        if (request.KeyCase == GetOpportunityRequest.KeyOneofCase.None)
        {
            throw RpcErrors.InvalidField("opportunity_id", "is required, or external_id instead");
        }

        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var byNumber = request.KeyCase == GetOpportunityRequest.KeyOneofCase.OpportunityId;

        var row = await store.FindAsync(
            account.Id, byNumber ? request.OpportunityId : null, request.ExternalId.Trim(), context.CancellationToken);
        var key = byNumber ? request.OpportunityId.ToString(CultureInfo.InvariantCulture) : request.ExternalId;
        var response = new GetOpportunityResponse
        {
            Opportunity = (row ?? throw RpcErrors.NotFound("opportunity", key)).ToProto(await FieldsAsync(account, context)),
        };
        response.Opportunity.StageHistory.Add(await store.HistoryAsync(account.Id, row.OpportunityId, context.CancellationToken));
        return response;
    }

    public override async Task<ListOpportunitiesResponse> ListOpportunities(ListOpportunitiesRequest request, ServerCallContext context)
    {
        var size = PageSize.Read(request.PageSize);
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var after = int.Parse(pages.Read(request) ?? "0", CultureInfo.InvariantCulture);

        var page = await store.ListAsync(account.Id, request.ContactId, after, size, context.CancellationToken);

        var catalog = await FieldsAsync(account, context);
        var response = new ListOpportunitiesResponse { Opportunities = { page.Items.Select(row => row.ToProto(catalog)) } };
        response.NextPageToken = page.HasMore
            ? pages.Create(request, page.Items[^1].OpportunityId.ToString(CultureInfo.InvariantCulture))
            : "";
        return response;
    }

    public override async Task<UpdateOpportunityResponse> UpdateOpportunity(UpdateOpportunityRequest request, ServerCallContext context)
    {
        var opportunity = request.Opportunity ?? throw RpcErrors.InvalidField("opportunity", "is required");
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var catalog = await FieldsAsync(account, context);
        var edit = OpportunityEdit.Read(opportunity, request.UpdateMask, catalog);

        return await WriteAsync(
            account, context, request, request.Cause,
            async opportunities => new UpdateOpportunityResponse
            {
                Opportunity = (await opportunities.UpdateAsync(opportunity.OpportunityId, opportunity.Version, edit)).ToProto(catalog),
            },
            (response, token) => response.ConsistencyToken = token);
    }

    public override async Task<MoveOpportunityResponse> MoveOpportunity(MoveOpportunityRequest request, ServerCallContext context)
    {
        new FieldChecks()
            .Require(request.ContactId > 0, "contact_id", "is required")
            .Require(request.StageId > 0, "stage_id", "is required")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var catalog = await FieldsAsync(account, context);
        var creation = OpportunityEdit.Read(new Opportunity { ContactId = request.ContactId, Name = request.CreateName, StageId = request.StageId }, null, catalog);
        var move = OpportunityEdit.Read(new Opportunity { StageId = request.StageId }, null, catalog);

        var newId = request.CreateName.Length > 0 ? await store.TakeNumberAsync(account.Id, context.CancellationToken) : 0;
        return await WriteAsync(
            account, context, request, request.Cause,
            async opportunities =>
            {
                var (pipelineId, open) = await opportunities.FindLastOpenAsync(request.ContactId, request.StageId);
                var row = open is not null ? await opportunities.UpdateAsync(open.OpportunityId, 0, move)
                    : newId > 0 ? await opportunities.CreateAsync(newId, creation, new OpportunityState { PipelineId = pipelineId })
                    : null;
                return new MoveOpportunityResponse { Outcome = Outcome(open, row), Opportunity = row?.ToProto(catalog) };
            },
            (response, token) => response.ConsistencyToken = token);
    }

    public override async Task<DeleteOpportunityResponse> DeleteOpportunity(DeleteOpportunityRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var catalog = await FieldsAsync(account, context);

        return await WriteAsync(
            account, context, request, request.Cause,
            async opportunities => new DeleteOpportunityResponse
            {
                Opportunity = (await opportunities.DeleteAsync(request.OpportunityId, request.Version)).ToProto(catalog),
            },
            (response, token) => response.ConsistencyToken = token);
    }

    private Task<FieldCatalog> FieldsAsync(AccountInfo account, ServerCallContext context) =>
        fields.LoadAsync(account.Id, Field.Types.Target.Opportunity, context.CancellationToken);

    // Runs a change of opportunities as the one effect of its call.
    private Task<T> WriteAsync<T>(
        AccountInfo account, ServerCallContext context, IMessage request, Cause? cause,
        Func<OpportunityWrites, Task<T>> effect, Action<T, string> prove)
        where T : class, IMessage<T>, new()
    {
        var why = ChangeCause.FromProto(cause, context, skipWorkflows: false);
        return writes.RunAsync(
            account, context, request,
            transaction => effect(new OpportunityWrites(transaction, why, time.GetUtcNow(), context.CancellationToken)),
            prove);
    }

    private static MoveOpportunityResponse.Types.Outcome Outcome(OpportunityRow? before, OpportunityRow? after) =>
        after is null ? MoveOpportunityResponse.Types.Outcome.None
        : before is null ? MoveOpportunityResponse.Types.Outcome.Created
        : before.StageId == after.StageId ? MoveOpportunityResponse.Types.Outcome.Unchanged
        : MoveOpportunityResponse.Types.Outcome.Moved;
}
