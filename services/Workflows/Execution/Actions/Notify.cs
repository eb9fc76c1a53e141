using Crm.Campaigns.V1;
using Crm.Workflows.V1;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Notifications;

namespace TagSegments.Workflows.Execution.Actions;

/// <summary>
/// Notifies programs of the account by webhook, and people of its team by e-mail. The campaign service sends the mail, so it is in the ledger and asks
/// the suppression list.
/// </summary>
internal sealed class Notify(WebhookClient webhooks, TeamService.TeamServiceClient team, WorkflowStore workflows, TimeProvider time) : INodeAction
{
    public IReadOnlyList<Node.ActionOneofCase> Kinds => [Node.ActionOneofCase.Notify];

    public async Task<ActionOutcome> RunAsync(AccountInfo account, Node node, ActiveRun run, CancellationToken ct)
    {
        if (node.Notify.Email.Length > 0)
        {
            return await MailAsync(account, node, run, ct);
        }

        var url = new Uri(node.Notify.WebhookUrl);
        var status = await webhooks.PostAsync(account, url, token => NotificationAsync(account, node, run, token), run.RequestId, ct);
        return new($"the webhook answered {status}");
    }

    private async Task<ActionOutcome> MailAsync(AccountInfo account, Node node, ActiveRun run, CancellationToken ct)
    {
        var notification = await NotificationAsync(account, node, run, ct);
        var request = new SendNoticeRequest
        {
            Account = account.Name,
            Address = node.Notify.Email,
            Subject = $"{notification.Workflow}: contact {notification.ContactId}",
            Text = notification.Text,
            RequestId = run.RequestId,
        };
        var sent = await team.SendNoticeAsync(request, cancellationToken: ct);
        return sent.Recipient.State is Recipient.Types.State.Skipped
            ? new($"not sent: {sent.Recipient.Reason}", IsSkipped: true)
            : new($"message {sent.MessageId} to {sent.Recipient.Address}");
    }

    private async Task<Notification> NotificationAsync(AccountInfo account, Node node, ActiveRun run, CancellationToken ct)
    {
        var (_, name) = await workflows.FindNameAsync(account.Id, run.WorkflowId, "", ct) ?? (run.WorkflowId, "");
        return new Notification(account.Name, name, run.RunId, node.Id, run.ContactId, node.Notify.Message, time.GetUtcNow());
    }
}
