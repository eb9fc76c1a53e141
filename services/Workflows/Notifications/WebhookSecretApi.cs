using Crm.Workflows.V1;
using Grpc.Core;

namespace TagSegments.Workflows.Notifications;

/// <summary>The call for the secret that webhooks are signed with.</summary>
internal sealed class WebhookSecretApi(AccountDirectory accounts, WebhookSecrets secrets) : WorkflowService.WorkflowServiceBase
{
    public override async Task<GetWebhookSecretResponse> GetWebhookSecret(GetWebhookSecretRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return new GetWebhookSecretResponse { Secret = await secrets.GetAsync(account.Id, context.CancellationToken) };
    }
}
