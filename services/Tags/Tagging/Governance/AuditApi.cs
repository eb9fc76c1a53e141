using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Tags.Tagging.Library;
using TagSegments.Tags.Tagging.Usages;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>Serves the calls about the whole library: audit, usages and dictionary.</summary>
internal sealed class AuditApi(AccountDirectory accounts, TagStore tags, TagUsages usages, TagAudit audit, GovernanceStore store, FairQueue turns)
    : GovernanceService.GovernanceServiceBase
{
    public override async Task<AuditTagsResponse> AuditTags(AuditTagsRequest request, ServerCallContext context)
    {
        new FieldChecks().Require(request.StaleDays is >= 0 and <= 36_500, "stale_days", "must be 0 to 36,500").ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        using var turn = await turns.EnterAsync(account, context.CancellationToken);
        return await audit.RunAsync(account.Id, request.StaleDays, context.CancellationToken);
    }

    public override async Task<ListTagUsagesResponse> ListTagUsages(ListTagUsagesRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        await tags.RequireAsync(account.Id, [request.TagId], context.CancellationToken);

        return new ListTagUsagesResponse { Usages = { await usages.FindAsync(account.Name, request.TagId, context.CancellationToken) } };
    }

    public override async Task<GetTagDictionaryResponse> GetTagDictionary(GetTagDictionaryRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        var users = await usages.FindAllAsync(account.Name, context.CancellationToken);
        using var turn = await turns.EnterAsync(account, context.CancellationToken);
        var dictionary = new TagDictionary(account.Name, users, request.Format);
        await store.ReadLibraryAsync(account.Id, dictionary.Add, context.CancellationToken);
        return new GetTagDictionaryResponse { Text = dictionary.End() };
    }
}
