using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>Serves pipelines.</summary>
internal sealed class PipelineApi(AccountDirectory accounts, PipelineStore pipelines, AccountWrites writes) : OpportunityService.OpportunityServiceBase
{
    public override async Task<CreatePipelineResponse> CreatePipeline(CreatePipelineRequest request, ServerCallContext context)
    {
        var pipeline = request.Pipeline?.Clone() ?? throw RpcErrors.InvalidField("pipeline", "is required");
        PipelineChecklist.Check(pipeline);
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        pipeline.PipelineId = await pipelines.TakePipelineAsync(account.Id, context.CancellationToken);
        var stageId = await pipelines.TakeStagesAsync(account.Id, pipeline.Stages.Count, context.CancellationToken);
        foreach (var stage in pipeline.Stages)
        {
            stage.StageId = stageId++;
        }

        return await writes.RunAsync(account, context, request, CreateAsync, (_, _) => { });

        async Task<CreatePipelineResponse> CreateAsync(AccountTransaction transaction)
        {
            await PipelineApi.CreateAsync(transaction.Transaction, account.Id, pipeline, context.CancellationToken);
            return new CreatePipelineResponse { Pipeline = pipeline };
        }
    }

    public override async Task<UpdatePipelineResponse> UpdatePipeline(UpdatePipelineRequest request, ServerCallContext context)
    {
        var pipeline = request.Pipeline?.Clone() ?? throw RpcErrors.InvalidField("pipeline", "is required");
        PipelineChecklist.Check(pipeline);
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        var added = pipeline.Stages.Where(stage => stage.StageId == 0).ToList();
        var stageId = added.Count == 0 ? 0 : await pipelines.TakeStagesAsync(account.Id, added.Count, context.CancellationToken);
        added.ForEach(stage => stage.StageId = stageId++);
        return await writes.RunAsync(account, context, request, UpdateAsync, (_, _) => { });

        async Task<UpdatePipelineResponse> UpdateAsync(AccountTransaction transaction)
        {
            int[] addedIds = [.. added.Select(stage => stage.StageId)];
            await PipelineUpdate.RunAsync(transaction.Transaction, account.Id, pipeline, addedIds, context.CancellationToken);
            return new UpdatePipelineResponse { Pipeline = pipeline };
        }
    }

    public override async Task<ListPipelinesResponse> ListPipelines(ListPipelinesRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return new ListPipelinesResponse { Pipelines = { await pipelines.ListAsync(account.Id, context.CancellationToken) } };
    }

    private static async Task CreateAsync(NpgsqlTransaction transaction, int accountId, Pipeline pipeline, CancellationToken ct)
    {
        if (await PipelineStore.CountAsync(transaction, accountId, ct) >= PipelineChecklist.MaxPipelines)
        {
            throw RpcErrors.Create(
                StatusCode.FailedPrecondition, ErrorReason.WrongState, $"The account has {PipelineChecklist.MaxPipelines} pipelines, the maximum.");
        }

        if (!await PipelineStore.CreateAsync(transaction, accountId, pipeline, ct))
        {
            throw RpcErrors.AlreadyExists("pipeline", pipeline.Name);
        }
    }
}
