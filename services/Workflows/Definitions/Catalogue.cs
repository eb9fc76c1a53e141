using Crm.Contacts.V1;
using Crm.Tags.V1;
using Grpc.Core;

namespace TagSegments.Workflows.Definitions;

/// <summary>Finds the tags and stages of an account by number or by name.</summary>
internal sealed class Catalogue(TagService.TagServiceClient tags, OpportunityService.OpportunityServiceClient opportunities)
{
    /// <summary>Finds a tag by its number or, where that is 0, by its name; null if there is none or it is deleted.</summary>
    public async Task<Tag?> FindTagAsync(AccountInfo account, int id, string name, CancellationToken ct)
    {
        var request = id != 0
            ? new GetTagRequest { Account = account.Name, TagId = id }
            : new GetTagRequest { Account = account.Name, Name = name };
        try
        {
            var tag = (await tags.GetTagAsync(request, cancellationToken: ct)).Tag;
            return tag.DeleteTime is null ? tag : null;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument)
        {
            return null;
        }
    }

    /// <summary>Finds a stage by its number or, where that is 0, by the names of its pipeline and itself; null if there is none.</summary>
    public async Task<(int StageId, string Pipeline, string Stage)?> FindStageAsync(
        AccountInfo account, int stageId, string pipelineName, string stageName, CancellationToken ct)
    {
        var response = await opportunities.ListPipelinesAsync(new() { Account = account.Name }, cancellationToken: ct);
        return (from pipeline in response.Pipelines
                from stage in pipeline.Stages
                where stageId != 0 ? stage.StageId == stageId : pipeline.Name == pipelineName && stage.Name == stageName
                select ((int, string, string)?)(stage.StageId, pipeline.Name, stage.Name)).FirstOrDefault();
    }
}
