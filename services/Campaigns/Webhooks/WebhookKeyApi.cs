using Crm.Activity.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Key = Crm.Activity.V1.WebhookKey;
using Provider = Crm.Activity.V1.WebhookProvider;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>The calls about the keys by which an account's providers are known.</summary>
internal sealed class WebhookKeyApi(CallTools tools, WebhookKeys keys) : WebhookService.WebhookServiceBase
{
    public override async Task<SetWebhookKeyResponse> SetWebhookKey(SetWebhookKeyRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        var provider = Find(request.Provider);
        if (provider.KeyProblem(request.Key) is { } problem)
        {
            throw RpcErrors.InvalidField("key", problem);
        }

        return await tools.Writes.RunAsync(account, context, request, async tx => new SetWebhookKeyResponse
        {
            WebhookKey = ToKey(account, provider.Name, await keys.SetAsync(tx, account, provider.Name, request.Key, context.CancellationToken)),
        });
    }

    public override async Task<ListWebhookKeysResponse> ListWebhookKeys(ListWebhookKeysRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        var found = await keys.ListAsync(account.Id, context.CancellationToken);
        return new ListWebhookKeysResponse
        {
            WebhookKeys = { found.Select(key => ToKey(account, key.Provider, key.CreatedAt)).OrderBy(key => key.Provider) },
        };
    }

    public override async Task<DeleteWebhookKeyResponse> DeleteWebhookKey(DeleteWebhookKeyRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        var provider = Find(request.Provider);
        return await tools.Writes.RunAsync(account, context, request, async tx =>
            await WebhookKeys.DeleteAsync(tx, account.Id, provider.Name, context.CancellationToken)
                ? new DeleteWebhookKeyResponse()
                : throw RpcErrors.NotFound("webhook key", provider.Name));
    }

    private static WebhookProvider Find(Provider provider) =>
        WebhookProvider.Find(provider.ToString().ToLowerInvariant()) ?? throw RpcErrors.InvalidField("provider", "is not a provider");

    private static Key ToKey(AccountInfo account, string provider, DateTime createdAt) => new()
    {
        Provider = System.Enum.Parse<Provider>(provider, ignoreCase: true),
        Path = $"/w/{provider}/{account.Name}",
        CreateTime = Timestamp.FromDateTime(createdAt),
    };
}
