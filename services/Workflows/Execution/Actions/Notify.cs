using Crm.Workflows.V1;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Notifications;

namespace TagSegments.Workflows.Execution.Actions;

/// <summary>Notifies people or programs of the account itself by webhook or e-mail.</summary>
internal sealed class Notify(WebhookClient webhooks, MailClient mail, WorkflowStore workflows, TimeProvider time) : INodeAction
{
    public IReadOnlyList<Node.ActionOneofCase> Kinds => [Node.ActionOneofCase.Notify];

    public async Task<ActionOutcome> RunAsync(AccountInfo account, Node node, ActiveRun run, CancellationToken ct)
    {
        if (node.Notify.Email.Length > 0)
        {
            await mail.SendAsync(account, node.Notify.Email, token => NotificationAsync(account, node, run, token), run.RequestId, ct);
            return new($"told {node.Notify.Email}");
        }

        var url = new Uri(node.Notify.WebhookUrl);
        var status = await webhooks.PostAsync(account, url, token => NotificationAsync(account, node, run, token), run.RequestId, ct);
        return new($"the webhook answered {status}");
    }

    private async Task<Notification> NotificationAsync(AccountInfo account, Node node, ActiveRun run, CancellationToken ct)
    {
        var (_, name) = await workflows.FindNameAsync(account.Id, run.WorkflowId, "", ct) ?? (run.WorkflowId, "");
        return new Notification(account.Name, name, run.RunId, node.Id, run.ContactId, node.Notify.Message, time.GetUtcNow());
    }
}
