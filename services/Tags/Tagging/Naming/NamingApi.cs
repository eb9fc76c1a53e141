using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Naming;

/// <summary>Serves the naming policy of an account and the check of a name against it.</summary>
internal sealed class NamingApi(AccountDirectory accounts, NamingStore store, NameGuard names, AccountWrites writes)
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

        return await writes.RunAsync(account, context, request, SetAsync, (_, _) => { });

        async Task<SetNamingPolicyResponse> SetAsync(AccountTransaction transaction)
        {
            await NamingStore.SetPolicyAsync(transaction.Transaction, account.Id, policy, context.CancellationToken);
            return new SetNamingPolicyResponse { Policy = policy };
        }
    }

    public override async Task<CheckTagNameResponse> CheckTagName(CheckTagNameRequest request, ServerCallContext context)
    {
        var name = TagNames.Normalize(request.Name, "name");
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return new CheckTagNameResponse
        {
            Normalized = name,
            Findings = { await names.FindAsync(account, [name], context.CancellationToken) },
        };
    }
}
