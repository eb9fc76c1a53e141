using Crm.Campaigns.V1;
using Crm.Workflows.V1;
using TagSegments.Workflows.Definitions;

namespace TagSegments.Workflows.Execution.Actions;

/// <summary>Hands a message to the campaign service, which keeps consent, suppression and the ledger.</summary>
internal sealed class SendMessage(MessageService.MessageServiceClient messages) : INodeAction
{
    public IReadOnlyList<Node.ActionOneofCase> Kinds => [Node.ActionOneofCase.SendMessage];

    public async Task<ActionOutcome> RunAsync(AccountInfo account, Node node, ActiveRun run, CancellationToken ct)
    {
        var action = node.SendMessage;
        var sent = await messages.SendMessageAsync(
            new()
            {
                Account = account.Name,
                ContactId = run.ContactId,
                Channel = action.Channel,
                Message = MessageChecks.MessageOf(action),
                RequestId = run.RequestId,
                Cause = run.Cause,
            },
            cancellationToken: ct);
        return sent.Recipient.State is Recipient.Types.State.Skipped
            ? new($"not sent: {sent.Recipient.Reason}", IsSkipped: true)
            : new($"message {sent.MessageId} to {sent.Recipient.Address}");
    }
}
