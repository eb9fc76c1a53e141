using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults.Egress;

namespace TagSegments.Workflows.Definitions;

/// <summary>
/// Completes the references of a definition: numbers where it was written with names, and today's names beside the numbers. A reference to
/// something that does not exist is reported with its path.
/// </summary>
internal sealed class References(
    Catalogue catalogue,
    SegmentService.SegmentServiceClient segments,
    WorkflowStore workflows,
    FieldTypes fields,
    EgressPolicy egress)
{
    public async Task ResolveAsync(AccountInfo account, Definition definition, Faults faults, CancellationToken ct)
    {
        var scope = new Scope(account, faults, ct);
        await ResolveTagsAsync(scope, definition.ExitTagIds, definition.ExitTags, "exit_tags");
        for (var i = 0; i < definition.Triggers.Count; i++)
        {
            await ResolveTriggerAsync(scope, definition.Triggers[i], $"triggers[{i}]");
        }

        for (var i = 0; i < definition.Goals.Count; i++)
        {
            await ResolveConditionAsync(scope, definition.Goals[i], $"goals[{i}]");
        }

        for (var i = 0; i < definition.Nodes.Count; i++)
        {
            await ResolveNodeAsync(scope, definition.Nodes[i], $"nodes[{i}]");
        }
    }

    private async Task ResolveTriggerAsync(Scope scope, Trigger trigger, string path)
    {
        switch (trigger.KindCase)
        {
            case Trigger.KindOneofCase.Tag:
                await ResolveTagsAsync(scope, trigger.Tag.TagIds, trigger.Tag.Tags, $"{path}.tag.tags");
                break;
            case Trigger.KindOneofCase.Stage when trigger.Stage.StageId != 0 || trigger.Stage.Stage.Length > 0:
                var stage = trigger.Stage;
                (stage.StageId, stage.Pipeline, stage.Stage) =
                    await ResolveStageAsync(scope, (stage.StageId, stage.Pipeline, stage.Stage), $"{path}.stage.stage");
                break;
            case Trigger.KindOneofCase.SegmentEntered:
                await ResolveSegmentAsync(scope, trigger.SegmentEntered, $"{path}.segment_entered.segment");
                break;
        }
    }

    private async Task ResolveNodeAsync(Scope scope, Node node, string path)
    {
        switch (node.ActionCase)
        {
            case Node.ActionOneofCase.AddTag:
                await ResolveTagAsync(scope, node.AddTag, $"{path}.add_tag");
                break;
            case Node.ActionOneofCase.RemoveTag:
                await ResolveTagAsync(scope, node.RemoveTag, $"{path}.remove_tag");
                break;
            case Node.ActionOneofCase.SetField:
                scope.Report(await fields.ProblemAsync(scope.Account, node.SetField, scope.Ct), $"{path}.set_field");
                break;
            case Node.ActionOneofCase.MoveOpportunity:
                var move = node.MoveOpportunity;
                (move.StageId, move.Pipeline, move.Stage) =
                    await ResolveStageAsync(scope, (move.StageId, move.Pipeline, move.Stage), $"{path}.move_opportunity.stage");
                break;
            case Node.ActionOneofCase.Notify when node.Notify.WebhookUrl.Length > 0:
                var url = node.Notify.WebhookUrl;
                scope.Report(await egress.ProblemAsync(url, scope.Ct), $"{path}.notify.webhook_url");
                break;
            case Node.ActionOneofCase.Branch:
                for (var i = 0; i < node.Branch.Branches.Count; i++)
                {
                    await ResolveConditionAsync(scope, node.Branch.Branches[i].When, $"{path}.branch.branches[{i}].when");
                }

                break;
            case Node.ActionOneofCase.Wait when node.Wait.Until is { } until:
                await ResolveConditionAsync(scope, until.Condition, $"{path}.wait.until.condition");
                break;
            case Node.ActionOneofCase.GoToWorkflow:
                await ResolveWorkflowAsync(scope, node.GoToWorkflow, $"{path}.go_to_workflow.workflow");
                break;
        }
    }

    private async Task ResolveTagsAsync(Scope scope, IList<int> ids, IList<string> names, string path)
    {
        var asked = ids.Count > 0 ? ids.Select(id => (Id: id, Name: "")).ToList() : [.. names.Select(name => (Id: 0, Name: name))];
        var found = new List<Tag>();
        for (var i = 0; i < asked.Count; i++)
        {
            var name = i < names.Count ? names[i] : "";
            var tag = await FindTagAsync(scope, asked[i].Id, name.Length > 0 ? name : asked[i].Name, $"{path}[{i}]");
            found.Add(tag ?? new Tag { TagId = asked[i].Id, Name = name });
        }

        ids.Clear();
        names.Clear();
        foreach (var tag in found)
        {
            ids.Add(tag.TagId);
            names.Add(tag.Name);
        }
    }

    private async Task ResolveTagAsync(Scope scope, TagAction action, string path)
    {
        if (await FindTagAsync(scope, action.TagId, action.Tag, $"{path}.tag") is { } tag)
        {
            (action.TagId, action.Tag) = (tag.TagId, tag.Name);
        }
    }

    private async Task<Tag?> FindTagAsync(Scope scope, int id, string name, string path)
    {
        var tag = await catalogue.FindTagAsync(scope.Account, id, name, scope.Ct);
        scope.Faults.Require(tag is not null, path, id != 0 ? $"there is no tag {id} \"{name}\"" : $"there is no tag \"{name}\"");
        return tag;
    }

    private async Task<(int, string, string)> ResolveStageAsync(Scope scope, (int Id, string Pipeline, string Stage) asked, string path)
    {
        var found = await catalogue.FindStageAsync(scope.Account, asked.Id, asked.Pipeline, asked.Stage, scope.Ct);
        scope.Faults.Require(
            found is not null,
            path,
            asked.Id != 0 ? $"there is no stage {asked.Id}" : $"there is no stage \"{asked.Stage}\" in a pipeline \"{asked.Pipeline}\"");
        return found ?? asked;
    }

    private async Task ResolveConditionAsync(Scope scope, Condition condition, string path)
    {
        var source = condition.Filter is not null ? new FilterSource { Filter = condition.Filter } : new FilterSource { Text = condition.Text };
        try
        {
            var parsed = await segments.ParseFilterAsync(new() { Account = scope.Account.Name, Source = source }, cancellationToken: scope.Ct);
            (condition.Filter, condition.Text) = (parsed.Filter, parsed.Text);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.NotFound)
        {
            scope.Faults.Add(path, e.Status.Detail);
        }
    }

    private async Task ResolveSegmentAsync(Scope scope, SegmentTrigger trigger, string path)
    {
        var isById = trigger.SegmentId.Length > 0;
        var request = isById
            ? new GetSegmentRequest { Account = scope.Account.Name, SegmentId = trigger.SegmentId }
            : new GetSegmentRequest { Account = scope.Account.Name, Name = trigger.Segment };
        try
        {
            var segment = (await segments.GetSegmentAsync(request, cancellationToken: scope.Ct)).Segment;
            (trigger.SegmentId, trigger.Segment) = (segment.SegmentId, segment.Name);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument)
        {
            scope.Faults.Add(path, e.Status.Detail);
        }
    }

    private async Task ResolveWorkflowAsync(Scope scope, GoToWorkflowAction action, string path)
    {
        var id = Guid.TryParse(action.WorkflowId, out var parsed) ? parsed : Guid.Empty;
        var isById = action.WorkflowId.Length > 0;
        var found = await workflows.FindNameAsync(scope.Account.Id, id, isById ? "" : action.Workflow, scope.Ct);
        scope.Faults.Require(
            found is not null, path, isById ? $"there is no workflow {action.WorkflowId}" : $"there is no workflow \"{action.Workflow}\"");
        if (found is { } workflow)
        {
            (action.WorkflowId, action.Workflow) = (workflow.WorkflowId.ToString(), workflow.Name);
        }
    }

    /// <summary>The state of one walk over a definition.</summary>
    private sealed record Scope(AccountInfo Account, Faults Faults, CancellationToken Ct)
    {
        public void Report(string? problem, string path) => Faults.Require(problem is null, path, problem ?? "");
    }
}
