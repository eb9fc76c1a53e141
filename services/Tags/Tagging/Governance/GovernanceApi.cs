using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Tagging.Library;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>The governance service.</summary>
internal sealed class GovernanceApi(AccountDirectory accounts, GovernanceStore store, TagAudit audit, TagChangeCalls changes, CallWrites writes)
    : GovernanceService.GovernanceServiceBase
{
    public override async Task<GetNamingPolicyResponse> GetNamingPolicy(GetNamingPolicyRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return new GetNamingPolicyResponse { Policy = await store.PolicyAsync(account.Id, context.CancellationToken) };
    }

    public override async Task<SetNamingPolicyResponse> SetNamingPolicy(SetNamingPolicyRequest request, ServerCallContext context)
    {
        var policy = request.Policy ?? new NamingPolicy();
        new FieldChecks()
            .Require(Enum.IsDefined(policy.Mode), "policy.mode", "is not a known mode")
            .Require(policy.AllowedPrefixes.Count <= 100, "policy.allowed_prefixes", "holds more than 100")
            .Require(policy.AllowedPrefixes.All(prefix => prefix.Trim().Length > 0 && !prefix.Contains('\0')), "policy.allowed_prefixes", "contains an empty prefix")
            .Require(policy.ForbiddenCharacters.Length <= 100, "policy.forbidden_characters", "holds more than 100")
            .Require(!policy.ForbiddenCharacters.Contains('\0'), "policy.forbidden_characters", "holds U+0000, which names never have")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await writes.RunAsync(account, context, request, request.RequestId, SetAsync, (_, _) => { });

        async Task<SetNamingPolicyResponse> SetAsync(AccountTransaction transaction)
        {
            await GovernanceStore.SetPolicyAsync(transaction.Transaction, account.Id, policy, context.CancellationToken);
            return new SetNamingPolicyResponse { Policy = policy };
        }
    }

    public override async Task<CheckTagNameResponse> CheckTagName(CheckTagNameRequest request, ServerCallContext context)
    {
        var name = TagNames.Normalize(request.Name, "name");
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        var policy = await store.PolicyAsync(account.Id, context.CancellationToken);
        return new CheckTagNameResponse
        {
            Normalized = name,
            Findings = { await audit.CheckNameAsync(account.Id, policy, name, context.CancellationToken) },
        };
    }

    public override async Task<AuditTagsResponse> AuditTags(AuditTagsRequest request, ServerCallContext context)
    {
        new FieldChecks().Require(request.StaleDays is >= 0 and <= 36_500, "stale_days", "must be 0 to 36,500").ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await audit.RunAsync(account.Id, request.StaleDays, context.CancellationToken);
    }

    public override async Task<ListTagUsagesResponse> ListTagUsages(ListTagUsagesRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await changes.UsagesAsync(account, request, context.CancellationToken);
    }

    public override async Task<PreviewTagChangeResponse> PreviewTagChange(PreviewTagChangeRequest request, ServerCallContext context)
    {
        new FieldChecks()
            .Require(request.MergeIntoTagId == 0 || request.NewName.Length == 0, "new_name", "cannot be combined with merge_into_tag_id")
            .Require(request.MergeIntoTagId != request.TagId, "merge_into_tag_id", "is the tag to be merged")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await changes.PreviewAsync(account, request, context.CancellationToken);
    }

    public override async Task<MergeTagsResponse> MergeTags(MergeTagsRequest request, ServerCallContext context)
    {
        new FieldChecks().Require(request.FromTagId != request.IntoTagId, "into_tag_id", "is the tag to be merged").ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await changes.MergeAsync(account, request, context);
    }

    public override async Task<GetTagDictionaryResponse> GetTagDictionary(GetTagDictionaryRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await changes.DictionaryAsync(account, request, context.CancellationToken);
    }
}
