using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.ServiceDefaults;

namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>Serves pipelines.</summary>
internal sealed partial class OpportunityApi
{
    public override async Task<CreatePipelineResponse> CreatePipeline(CreatePipelineRequest request, ServerCallContext context)
    {
        var pipeline = request.Pipeline?.Clone() ?? throw RpcErrors.InvalidField("pipeline", "is required");
        PipelineChecklist.Check(pipeline);
        var account = await calls.AccountAsync(request.Account, context);

        pipeline.PipelineId = await calls.TakeNumberAsync(account, "pipeline", 1, context);
        var stageId = await calls.TakeNumberAsync(account, "stage", pipeline.Stages.Count, context);
        foreach (var stage in pipeline.Stages)
        {
            stage.StageId = stageId++;
        }

        return await calls.WriteSettingsAsync(account, context, request, request.RequestId, async transaction =>
        {
            await CreateAsync(transaction, account.Id, pipeline, context.CancellationToken);
            return new CreatePipelineResponse { Pipeline = pipeline };
        });
    }

    public override async Task<UpdatePipelineResponse> UpdatePipeline(UpdatePipelineRequest request, ServerCallContext context)
    {
        var pipeline = request.Pipeline?.Clone() ?? throw RpcErrors.InvalidField("pipeline", "is required");
        PipelineChecklist.Check(pipeline);
        var account = await calls.AccountAsync(request.Account, context);

        var added = pipeline.Stages.Where(stage => stage.StageId == 0).ToList();
        var stageId = added.Count == 0 ? 0 : await calls.TakeNumberAsync(account, "stage", added.Count, context);
        added.ForEach(stage => stage.StageId = stageId++);
        return await calls.WriteSettingsAsync(account, context, request, request.RequestId, async transaction =>
        {
            await PipelineUpdate.RunAsync(transaction, account.Id, pipeline, [.. added.Select(stage => stage.StageId)], context.CancellationToken);
            return new UpdatePipelineResponse { Pipeline = pipeline };
        });
    }

    public override async Task<ListPipelinesResponse> ListPipelines(ListPipelinesRequest request, ServerCallContext context)
    {
        var account = await calls.AccountAsync(request.Account, context);

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
