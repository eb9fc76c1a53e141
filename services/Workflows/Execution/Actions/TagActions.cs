using Crm.Tags.V1;
using Crm.Workflows.V1;

namespace TagSegments.Workflows.Execution.Actions;

/// <summary>Adds and removes tags.</summary>
internal sealed class TagActions(TagService.TagServiceClient tags) : INodeAction
{
    public IReadOnlyList<Node.ActionOneofCase> Kinds => [Node.ActionOneofCase.AddTag, Node.ActionOneofCase.RemoveTag];

    public async Task<ActionOutcome> RunAsync(AccountInfo account, Node node, ActiveRun run, CancellationToken ct)
    {
        if (node.AddTag is { } add)
        {
            var added = await tags.AddTagsAsync(
                new()
                {
                    Account = account.Name,
                    ContactId = run.ContactId,
                    TagIds = { add.TagId },
                    RequestId = run.RequestId,
                    Cause = run.Cause,
                },
                cancellationToken: ct);
            return added.AddedTagIds.Count > 0 ? new("added") : new("the contact has the tag already", IsSkipped: true);
        }

        var removed = await tags.RemoveTagsAsync(
            new()
            {
                Account = account.Name,
                ContactId = run.ContactId,
                TagIds = { node.RemoveTag.TagId },
                RequestId = run.RequestId,
                Cause = run.Cause,
            },
            cancellationToken: ct);
        return removed.RemovedTagIds.Count > 0 ? new("removed") : new("the contact does not have the tag", IsSkipped: true);
    }
}
