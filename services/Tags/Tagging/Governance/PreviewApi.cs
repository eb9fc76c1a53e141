using System.Globalization;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Tags.Tagging.Library;
using TagSegments.Tags.Tagging.Naming;
using TagSegments.Tags.Tagging.Usages;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>Serves the preview of a change of the library: a deletion, a merge or a rename.</summary>
internal sealed class PreviewApi(
    AccountDirectory accounts, TagStore tags, TagUsages usages, TagWhatIf whatIf, NameGuard names, FairQueue turns)
    : GovernanceService.GovernanceServiceBase
{
    public override async Task<PreviewTagChangeResponse> PreviewTagChange(PreviewTagChangeRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        new FieldChecks()
            .Require(request.MergeIntoTagId == 0 || request.NewName.Length == 0, "new_name", "cannot be combined with merge_into_tag_id")
            .Require(request.MergeIntoTagId != request.TagId, "merge_into_tag_id", "is the tag to be merged")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, ct);
        using var turn = await turns.EnterAsync(account, ct);
        var change = await ReadAsync(account, request, ct);

        var (holders, without) = await whatIf.HoldersAsync(account.Id, change, ct);
        var losing = change.IsRename ? 0 : holders;
        var gaining = change.IsMerge ? without : 0;
        var (segments, lists) = await whatIf.FiltersAsync(account, change, ct);
        return new PreviewTagChangeResponse
        {
            ContactsLosing = losing,
            ContactsGaining = gaining,
            Usages = { await usages.FindAsync(account.Name, change.TagId, ct) },
            Segments = { segments },
            SmartLists = { lists },
            Workflows = { await whatIf.WorkflowsAsync(account, change, gaining, losing, ct) },
            Findings = { change.IsRename ? await FindingsAsync(account, change, ct) : [] },
        };
    }

    // Throws NOT_FOUND if a tag does not exist, and ALREADY_EXISTS if another one has the new name.
    private async Task<TagChange> ReadAsync(AccountInfo account, PreviewTagChangeRequest request, CancellationToken ct)
    {
        int[] tagIds = request.MergeIntoTagId == 0 ? [request.TagId] : [request.TagId, request.MergeIntoTagId];
        await tags.RequireAsync(account.Id, tagIds, ct);
        var change = new TagChange(
            request.TagId, request.MergeIntoTagId, request.NewName.Length == 0 ? "" : TagNames.Normalize(request.NewName, "new_name"));
        if (change.IsRename && await tags.FindAsync(account.Id, change.NewName, ct) is { } owner && owner.TagId != request.TagId)
        {
            throw RpcErrors.AlreadyExists("tag", change.NewName, owner.TagId.ToString(CultureInfo.InvariantCulture));
        }

        return change;
    }

    // The tag itself is no near-duplicate of its new name.
    private async Task<List<TagFinding>> FindingsAsync(AccountInfo account, TagChange change, CancellationToken ct)
    {
        var findings = await names.FindAsync(account, [change.NewName], ct);
        findings.RemoveAll(finding => finding.TagIds is [var only] && only == change.TagId);
        return findings;
    }
}
